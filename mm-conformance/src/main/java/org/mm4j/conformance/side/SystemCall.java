/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

/** The system calls that scenarios need, with their numbers on x86-64. */
enum SystemCall {
  CLOSE(3),
  FSTAT(5),
  POLL(7),
  LSEEK(8),
  MMAP(9),
  MPROTECT(10),
  MUNMAP(11),
  IOCTL(16),
  READ(0),
  PREAD(17),
  PWRITE(18),
  MREMAP(25),
  MINCORE(27),
  MADVISE(28),
  FCNTL(72),
  FTRUNCATE(77),
  VMSPLICE(278),
  FALLOCATE(285),
  PIPE2(293),
  PROCESS_VM_READV(310),
  PROCESS_VM_WRITEV(311),
  MEMFD_CREATE(319),
  USERFAULTFD(323),
  PIDFD_OPEN(434),
  PIDFD_GETFD(438);

  private final int number;

  SystemCall(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
