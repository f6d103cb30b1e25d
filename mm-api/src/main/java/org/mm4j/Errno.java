/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/**
 * The error numbers that memory calls answer with, as Linux numbers them on x86-64, arm64 and
 * riscv64.
 */
public enum Errno {
  /** Operation not permitted: a seal or a missing privilege forbids it. */
  EPERM(1),
  /** No such thing: the range is not registered. */
  ENOENT(2),
  /** The target address space is gone. */
  ESRCH(3),
  /** Interrupted while waiting. */
  EINTR(4),
  /** Input or output failed. */
  EIO(5),
  /** Offset beyond the end, or no more data. */
  ENXIO(6),
  /** The handle does not permit the operation. */
  EBADF(9),
  /** Not possible now, or only in part; trying again may help. */
  EAGAIN(11),
  /** Out of memory, or a hole in a range that must be mapped throughout. */
  ENOMEM(12),
  /** The access is not permitted on this mapping. */
  EACCES(13),
  /** An address that cannot be used. */
  EFAULT(14),
  /** Somebody else owns it, or something watches it. */
  EBUSY(16),
  /** It exists already. */
  EEXIST(17),
  /** The object does not support this at all. */
  ENODEV(19),
  /** An argument is out of range or does not fit the others. */
  EINVAL(22),
  /** The object would become too large. */
  EFBIG(27),
  /** No space left under the limit. */
  ENOSPC(28),
  /** The function does not exist here. */
  ENOSYS(38),
  /** The sum would overflow the type of the result. */
  EOVERFLOW(75),
  /** The operation is not supported on this object. */
  EOPNOTSUPP(95);

  private final int number;

  Errno(int number) {
    this.number = number;
  }

  /** Returns the number, positive. */
  public int number() {
    return number;
  }
}
