/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import org.mm4j.MemoryFile;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/** A memory file the guest has made with memfd_create. */
public final class OpenMemoryFile extends PositionedFile {
  private static final int READ_WRITE = 2;
  private static final int MODE = 0100777;
  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;

  private final MemoryFile file;

  /** Creates an open file, which closes the memory file with its last descriptor. */
  public OpenMemoryFile(MemoryFile file) {
    super(READ_WRITE);
    this.file = file;
  }

  /** Returns the memory file, to be mapped. */
  public MemoryFile file() {
    return file;
  }

  @Override
  long sizeBytes() {
    return file.sizeBytes();
  }

  @Override
  OptionalLong seekData(long offset) {
    return file.seekData(offset);
  }

  @Override
  OptionalLong seekHole(long offset) {
    return file.seekHole(offset);
  }

  @Override
  public int readAt(long offset, MemorySegment to) {
    return file.read(offset, to);
  }

  @Override
  public int writeAt(long offset, MemorySegment from) {
    return file.write(offset, from);
  }

  @Override
  public void truncate(long sizeBytes) {
    file.truncate(sizeBytes);
  }

  @Override
  public void allocate(int mode, long offset, long length) {
    switch (mode) {
      case 0 -> file.allocate(offset, length);
      case KEEP_SIZE -> allocateKeepingSize(offset, length);
      case KEEP_SIZE | PUNCH_HOLE -> file.punchHole(offset, length);
      default -> throw new SyscallException(LinuxErrno.EOPNOTSUPP);
    }
  }

  /** What lies beyond the end is not allocated: the library has no pages there. */
  private void allocateKeepingSize(long offset, long length) {
    if (offset < 0 || length <= 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    long end = Math.min(file.sizeBytes(), offset > Long.MAX_VALUE - length ? 0 : offset + length);
    if (end > offset) {
      file.allocate(offset, end - offset);
    }
  }

  @Override
  public FileStatus status() {
    return new FileStatus(MODE, file.sizeBytes(), file.blocks(), System.identityHashCode(file), 0);
  }

  @Override
  protected void close() {
    file.close();
  }
}
