/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/** A file of the host, for reading. */
final class OpenHostFile extends PositionedFile {
  private static final int MAX_CHUNK_BYTES = 1 << 20;

  private final Path path;

  /** Not a channel: an interrupt would close that under the other threads. */
  private final RandomAccessFile file;

  OpenHostFile(Path path, int flags) throws IOException {
    super(flags);
    this.path = path;
    this.file = new RandomAccessFile(path.toFile(), "r");
  }

  @Override
  long sizeBytes() {
    try {
      return file.length();
    } catch (IOException e) {
      throw new SyscallException(LinuxErrno.EIO);
    }
  }

  @Override
  public int readAt(long offset, MemorySegment to) {
    if (offset < 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    byte[] bytes = new byte[(int) Math.min(to.byteSize(), MAX_CHUNK_BYTES)];
    int read;
    synchronized (file) {
      try {
        file.seek(offset);
        read = Math.max(0, file.read(bytes));
      } catch (IOException e) {
        throw new SyscallException(LinuxErrno.EIO);
      }
    }
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, to, 0, read);
    return read;
  }

  @Override
  public int writeAt(long offset, MemorySegment from) {
    throw new SyscallException(LinuxErrno.EBADF);
  }

  @Override
  public FileStatus status() {
    return statusOf(path);
  }

  static FileStatus statusOf(Path path) {
    try {
      boolean isDirectory = Files.isDirectory(path);
      long size = isDirectory ? 4096 : Files.size(path);
      return new FileStatus(
          isDirectory ? FileStatus.DIRECTORY : FileStatus.REGULAR,
          size,
          (size + 511) / 512,
          path.toString().hashCode() & 0xffff_ffffL,
          Files.getLastModifiedTime(path).to(TimeUnit.SECONDS));
    } catch (IOException e) {
      throw new SyscallException(LinuxErrno.ENOENT);
    }
  }

  @Override
  protected void close() {
    try {
      file.close();
    } catch (IOException e) {
      // Nothing was written, so nothing is lost.
    }
  }
}
