/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.abi;

/** The error numbers a guest can get, more than the memory calls alone have. */
public enum LinuxErrno {
  /** Operation not permitted. */
  EPERM(1),
  /** No such file. */
  ENOENT(2),
  /** No such process or thread. */
  ESRCH(3),
  /** Interrupted by a signal. */
  EINTR(4),
  /** Input or output failed. */
  EIO(5),
  /** Beyond the end. */
  ENXIO(6),
  /** Not an open file, or not open for this. */
  EBADF(9),
  /** No child to wait for. */
  ECHILD(10),
  /** Try again. */
  EAGAIN(11),
  /** Out of memory. */
  ENOMEM(12),
  /** Permission denied. */
  EACCES(13),
  /** A bad address. */
  EFAULT(14),
  /** In use. */
  EBUSY(16),
  /** It exists already. */
  EEXIST(17),
  /** The object does not support this at all. */
  ENODEV(19),
  /** Not a directory. */
  ENOTDIR(20),
  /** A directory. */
  EISDIR(21),
  /** An argument is out of range or does not fit the others. */
  EINVAL(22),
  /** Too many open files. */
  EMFILE(24),
  /** No terminal, or not an ioctl of this file. */
  ENOTTY(25),
  /** Too large for a file. */
  EFBIG(27),
  /** No space left. */
  ENOSPC(28),
  /** A pipe has no position. */
  ESPIPE(29),
  /** The file system is read-only. */
  EROFS(30),
  /** Nobody reads the pipe. */
  EPIPE(32),
  /** The result does not fit. */
  ERANGE(34),
  /** A name is too long. */
  ENAMETOOLONG(36),
  /** There is no such system call. */
  ENOSYS(38),
  /** Does not fit its type. */
  EOVERFLOW(75),
  /** Not supported on this object. */
  EOPNOTSUPP(95),
  /** The time is over. */
  ETIMEDOUT(110);

  private final int number;

  LinuxErrno(int number) {
    this.number = number;
  }

  /** Returns the number, positive. */
  public int number() {
    return number;
  }
}
