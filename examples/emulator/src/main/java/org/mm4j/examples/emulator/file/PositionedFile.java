/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/** A file with a position. */
abstract class PositionedFile extends OpenFile {
  private static final int SEEK_SET = 0;
  private static final int SEEK_CUR = 1;
  private static final int SEEK_END = 2;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;

  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by {@link #lock}. */
  private long position;

  PositionedFile(int flags) {
    super(flags);
  }

  abstract long sizeBytes();

  OptionalLong seekData(long offset) {
    return offset < 0 || offset >= sizeBytes() ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  OptionalLong seekHole(long offset) {
    return offset < 0 || offset >= sizeBytes()
        ? OptionalLong.empty()
        : OptionalLong.of(sizeBytes());
  }

  @Override
  public final int read(MemorySegment to) {
    lock.lock();
    try {
      int read = readAt(position, to);
      position += read;
      return read;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public final void unread(int bytes) {
    lock.lock();
    try {
      position -= bytes;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public final int write(MemorySegment from) {
    lock.lock();
    try {
      int written = writeAt(position, from);
      position += written;
      return written;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public final long seek(long offset, int whence) {
    lock.lock();
    try {
      long target =
          switch (whence) {
            case SEEK_SET -> offset;
            case SEEK_CUR -> position + offset;
            case SEEK_END -> sizeBytes() + offset;
            case SEEK_DATA -> found(seekData(offset));
            case SEEK_HOLE -> found(seekHole(offset));
            default -> throw new SyscallException(LinuxErrno.EINVAL);
          };
      if (target < 0) {
        throw new SyscallException(LinuxErrno.EINVAL);
      }
      position = target;
      return target;
    } finally {
      lock.unlock();
    }
  }

  private static long found(OptionalLong offset) {
    if (offset.isEmpty()) {
      throw new SyscallException(LinuxErrno.ENXIO);
    }
    return offset.getAsLong();
  }
}
