/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/**
 * An open file description: what several descriptors may share. Thread-safe. What a kind of file
 * cannot do is refused here with the errno Linux uses.
 */
public abstract class OpenFile {
  /** O_NONBLOCK. */
  public static final int NONBLOCK = 0x800;

  /** O_CLOEXEC. */
  public static final int CLOEXEC = 0x80000;

  /** The access mode's bits in the flags. */
  public static final int ACCESS_MODE = 3;

  private static final int CHANGEABLE = NONBLOCK | 0x400; // and O_APPEND

  private final AtomicInteger references = new AtomicInteger();
  private volatile int flags;

  /** Creates a description with its open flags. */
  protected OpenFile(int flags) {
    this.flags = flags & ~CLOEXEC;
  }

  /** Returns the flags, as F_GETFL does. */
  public final int flags() {
    return flags;
  }

  /** Changes the flags that F_SETFL may change. */
  public final void setFlags(int wanted) {
    flags = (flags & ~CHANGEABLE) | (wanted & CHANGEABLE);
  }

  /** Returns whether nothing may block. */
  public final boolean isNonblocking() {
    return (flags & NONBLOCK) != 0;
  }

  final void retain() {
    references.incrementAndGet();
  }

  /** Ends one use of it; the last one closes it. */
  public final void release() {
    if (references.decrementAndGet() == 0) {
      close();
    }
  }

  /** Called when the last descriptor is closed. */
  protected void close() {}

  /**
   * Reads at the file's position.
   *
   * @return how many bytes, 0 at the end
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public int read(MemorySegment to) throws InterruptedException {
    throw new SyscallException(LinuxErrno.EBADF);
  }

  /**
   * Writes at the file's position.
   *
   * @return how many bytes
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public int write(MemorySegment from) throws InterruptedException {
    throw new SyscallException(LinuxErrno.EBADF);
  }

  /** Reads at an offset; the position stays. */
  public int readAt(long offset, MemorySegment to) {
    throw new SyscallException(LinuxErrno.ESPIPE);
  }

  /** Writes at an offset; the position stays. */
  public int writeAt(long offset, MemorySegment from) {
    throw new SyscallException(LinuxErrno.ESPIPE);
  }

  /** Moves the position back over bytes that were read and could not be given to the reader. */
  public void unread(int bytes) {}

  /** Moves the position. */
  public long seek(long offset, int whence) {
    throw new SyscallException(LinuxErrno.ESPIPE);
  }

  /** Sets the size. */
  public void truncate(long sizeBytes) {
    throw new SyscallException(LinuxErrno.EINVAL);
  }

  /** Allocates or punches. */
  public void allocate(int mode, long offset, long length) {
    throw new SyscallException(LinuxErrno.ENODEV);
  }

  /** Returns what stat tells. */
  public abstract FileStatus status();

  /** Returns what the file is ready for. */
  public int readiness() {
    return Readiness.IN | Readiness.OUT;
  }

  /** Calls something whenever the readiness may have changed. */
  public Subscription onChange(Runnable listener) {
    return Subscription.NONE;
  }
}
