/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/** A text that the emulator makes up, such as a file of /proc. */
final class TextFile extends PositionedFile {
  private final byte[] text;

  TextFile(String text) {
    super(0);
    this.text = text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  long sizeBytes() {
    return text.length;
  }

  @Override
  public int readAt(long offset, MemorySegment to) {
    if (offset < 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    int length = (int) Math.clamp(text.length - offset, 0, to.byteSize());
    if (length > 0) {
      MemorySegment.copy(MemorySegment.ofArray(text), offset, to, 0, length);
    }
    return length;
  }

  @Override
  public int writeAt(long offset, MemorySegment from) {
    throw new SyscallException(LinuxErrno.EBADF);
  }

  @Override
  public FileStatus status() {
    return FileStatus.of(FileStatus.REGULAR, 0, this);
  }
}
