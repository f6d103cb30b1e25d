/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/** The descriptors of a process. Thread-safe. */
public final class FileTable {
  /** RLIMIT_NOFILE. */
  public static final int MAX_DESCRIPTORS = 1024;

  private record Slot(OpenFile file, boolean closesOnExec) {}

  private final Object lock = new Object();

  /** Guarded by {@link #lock}. */
  private final @Nullable Slot[] slots = new Slot[MAX_DESCRIPTORS];

  /** Puts a file into the lowest free descriptor. */
  public int add(OpenFile file, boolean closesOnExec) {
    return add(file, closesOnExec, 0);
  }

  /** Puts a file into the lowest free descriptor that is not below another. */
  public int add(OpenFile file, boolean closesOnExec, int lowest) {
    file.retain();
    synchronized (lock) {
      for (int fd = lowest; fd < MAX_DESCRIPTORS; fd++) {
        if (slots[fd] == null) {
          slots[fd] = new Slot(file, closesOnExec);
          return fd;
        }
      }
    }
    file.release();
    throw new SyscallException(LinuxErrno.EMFILE);
  }

  /** Puts a file into a given descriptor, closing what was there. */
  public void put(int fd, OpenFile file, boolean closesOnExec) {
    checkNumber(fd);
    file.retain();
    Slot old;
    synchronized (lock) {
      old = slots[fd];
      slots[fd] = new Slot(file, closesOnExec);
    }
    if (old != null) {
      old.file().release();
    }
  }

  /**
   * Returns the file of a descriptor, or null. It stays open, whoever closes the descriptor, until
   * the caller releases it.
   */
  public @Nullable OpenFile borrow(int fd) {
    if (fd < 0 || fd >= MAX_DESCRIPTORS) {
      return null;
    }
    synchronized (lock) {
      Slot slot = slots[fd];
      if (slot == null) {
        return null;
      }
      slot.file().retain();
      return slot.file();
    }
  }

  /** Returns FD_CLOEXEC of a descriptor. */
  public boolean closesOnExec(int fd) {
    synchronized (lock) {
      return slot(fd).closesOnExec();
    }
  }

  /** Sets FD_CLOEXEC of a descriptor. */
  public void setClosesOnExec(int fd, boolean closesOnExec) {
    synchronized (lock) {
      slots[fd] = new Slot(slot(fd).file(), closesOnExec);
    }
  }

  /** The slot of an open descriptor; with the lock held. */
  private Slot slot(int fd) {
    checkNumber(fd);
    Slot slot = slots[fd];
    if (slot == null) {
      throw new SyscallException(LinuxErrno.EBADF);
    }
    return slot;
  }

  /** Closes a descriptor. */
  public void close(int fd) {
    OpenFile file;
    synchronized (lock) {
      file = slot(fd).file();
      slots[fd] = null;
    }
    file.release();
  }

  /** Closes the descriptors of a range that are open. */
  public void closeRange(int first, int last) {
    List<OpenFile> open = new ArrayList<>();
    synchronized (lock) {
      for (int fd = first; fd <= last; fd++) {
        Slot slot = slots[fd];
        if (slot != null) {
          open.add(slot.file());
          slots[fd] = null;
        }
      }
    }
    open.forEach(OpenFile::release);
  }

  /** Closes everything, at the end of the process. */
  public void closeAll() {
    closeRange(0, MAX_DESCRIPTORS - 1);
  }

  private static void checkNumber(int fd) {
    if (fd < 0 || fd >= MAX_DESCRIPTORS) {
      throw new SyscallException(LinuxErrno.EBADF);
    }
  }
}
