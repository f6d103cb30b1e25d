/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/** A pipe: a ring of bytes and its two ends. Thread-safe. */
public final class Pipe {
  private static final int CAPACITY = 64 << 10;
  private static final int ATOMIC_BYTES = 4096;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();

  // Guarded by the lock.
  private final byte[] ring = new byte[CAPACITY];
  private int first;
  private int count;
  private boolean isReaderOpen = true;
  private boolean isWriterOpen = true;

  /** Returns the end to read from. */
  public OpenFile readEnd(int flags) {
    return new ReadEnd(flags);
  }

  /** Returns the end to write to. */
  public OpenFile writeEnd(int flags) {
    return new WriteEnd(flags | 1);
  }

  private int read(MemorySegment to, boolean isNonblocking) throws InterruptedException {
    int read;
    lock.lockInterruptibly();
    try {
      while (count == 0 && isWriterOpen && to.byteSize() > 0) {
        requireBlocking(isNonblocking);
        changed.await();
      }
      read = (int) Math.min(count, to.byteSize());
      for (int i = 0; i < read; i++) {
        to.set(ValueLayout.JAVA_BYTE, i, ring[(first + i) % CAPACITY]);
      }
      first = (first + read) % CAPACITY;
      count -= read;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    tellListeners();
    return read;
  }

  private int write(MemorySegment from, boolean isNonblocking) throws InterruptedException {
    int length = (int) from.byteSize();
    int written = 0;
    lock.lockInterruptibly();
    try {
      while (written < length) {
        int needed = length <= ATOMIC_BYTES ? length : 1;
        while (isReaderOpen && CAPACITY - count < needed) {
          if (isNonblocking && written > 0) {
            return written;
          }
          requireBlocking(isNonblocking);
          changed.await();
        }
        if (!isReaderOpen) {
          throw new SyscallException(LinuxErrno.EPIPE);
        }
        int part = Math.min(length - written, CAPACITY - count);
        for (int i = 0; i < part; i++) {
          ring[(first + count + i) % CAPACITY] = from.get(ValueLayout.JAVA_BYTE, written + i);
        }
        count += part;
        written += part;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
      tellListeners();
    }
    return written;
  }

  private static void requireBlocking(boolean isNonblocking) {
    if (isNonblocking) {
      throw new SyscallException(LinuxErrno.EAGAIN);
    }
  }

  private void closeEnd(boolean isReader) {
    lock.lock();
    try {
      if (isReader) {
        isReaderOpen = false;
      } else {
        isWriterOpen = false;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    tellListeners();
  }

  private int readiness(boolean isReader) {
    lock.lock();
    try {
      if (isReader) {
        return (count > 0 ? Readiness.IN : 0) | (isWriterOpen ? 0 : Readiness.HANG_UP);
      }
      return (CAPACITY - count >= ATOMIC_BYTES ? Readiness.OUT : 0)
          | (isReaderOpen ? 0 : Readiness.ERROR);
    } finally {
      lock.unlock();
    }
  }

  private Subscription subscribe(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private void tellListeners() {
    listeners.forEach(Runnable::run);
  }

  private final class ReadEnd extends OpenFile {
    ReadEnd(int flags) {
      super(flags);
    }

    @Override
    public int read(MemorySegment to) throws InterruptedException {
      return Pipe.this.read(to, isNonblocking());
    }

    @Override
    public FileStatus status() {
      return FileStatus.of(FileStatus.PIPE, 0, Pipe.this);
    }

    @Override
    public int readiness() {
      return Pipe.this.readiness(true);
    }

    @Override
    public Subscription onChange(Runnable listener) {
      return subscribe(listener);
    }

    @Override
    protected void close() {
      closeEnd(true);
    }
  }

  private final class WriteEnd extends OpenFile {
    WriteEnd(int flags) {
      super(flags);
    }

    @Override
    public int write(MemorySegment from) throws InterruptedException {
      return Pipe.this.write(from, isNonblocking());
    }

    @Override
    public FileStatus status() {
      return FileStatus.of(FileStatus.PIPE, 0, Pipe.this);
    }

    @Override
    public int readiness() {
      return Pipe.this.readiness(false);
    }

    @Override
    public Subscription onChange(Runnable listener) {
      return subscribe(listener);
    }

    @Override
    protected void close() {
      closeEnd(false);
    }
  }
}
