/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.ffm;

import java.util.Locale;

/** The system calls in use, with their numbers on x86-64 and on aarch64. */
public enum SystemCall {
  /** Reads from a descriptor. */
  READ(0, 63),
  /** Writes to a descriptor. */
  WRITE(1, 64),
  /** Closes a descriptor. */
  CLOSE(3, 57),
  /** Moves a file position, finds data and holes. */
  LSEEK(8, 62),
  /** Maps memory. */
  MMAP(9, 222),
  /** Changes a protection. */
  MPROTECT(10, 226),
  /** Unmaps memory. */
  MUNMAP(11, 215),
  /** Everything else. */
  IOCTL(16, 29),
  /** Reads at an offset. */
  PREAD64(17, 67),
  /** Writes at an offset. */
  PWRITE64(18, 68),
  /** Moves or resizes a mapping. */
  MREMAP(25, 216),
  /** Asks what is resident. */
  MINCORE(27, 232),
  /** Gives advice. */
  MADVISE(28, 233),
  /** Asks for the process's number. */
  GETPID(39, 172),
  /** Seals. */
  FCNTL(72, 25),
  /** Sets a size. */
  FTRUNCATE(77, 46),
  /** Asks for the thread's number. */
  GETTID(186, 178),
  /** Changes what an epoll watches. */
  EPOLL_CTL(233, 21),
  /** Opens a file. */
  OPENAT(257, 56),
  /** Waits for one of several descriptors. */
  PPOLL(271, 73),
  /** Waits for the descriptors of an epoll. */
  EPOLL_PWAIT(281, 22),
  /** Allocates and punches holes. */
  FALLOCATE(285, 47),
  /** Creates an event counter. */
  EVENTFD2(290, 19),
  /** Creates an epoll. */
  EPOLL_CREATE1(291, 20),
  /** Reads the memory of a process. */
  PROCESS_VM_READV(310, 270),
  /** Writes the memory of a process. */
  PROCESS_VM_WRITEV(311, 271),
  /** Creates a memory file. */
  MEMFD_CREATE(319, 279),
  /** Creates a userfaultfd. */
  USERFAULTFD(323, 282),
  /** Asks about a file; its structure is the same on every architecture. */
  STATX(332, 291),
  /** Opens a handle of a process. */
  PIDFD_OPEN(434, 434),
  /** Takes a copy of another process's descriptor. */
  PIDFD_GETFD(438, 438);

  private final int x86Number;
  private final int armNumber;

  SystemCall(int x86Number, int armNumber) {
    this.x86Number = x86Number;
    this.armNumber = armNumber;
  }

  /** Returns the number on an architecture. */
  public int number(Architecture architecture) {
    return architecture == Architecture.X86_64 ? x86Number : armNumber;
  }

  /** Returns the name as in the manual pages. */
  public String manualName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
