/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import org.mm4j.Errno;
import org.mm4j.FillOutcome;
import org.mm4j.MemoryException;
import org.mm4j.linux.ffm.Ioctl;

/**
 * What a resolving ioctl answers, read once. The kernel says it twice: in the errno, and in the
 * last field of the structure, which holds the bytes done, or the negative errno when nothing was
 * done, or what the caller had put there when the arguments did not even pass.
 *
 * @param ioctl which one
 * @param result 0, or the negative errno
 * @param field the last field of the structure after the call; 0 before it
 * @param address the first page that was to be resolved
 */
record ResolveResult(Ioctl ioctl, long result, long field, long address) {
  /**
   * Returns the outcome.
   *
   * @throws MemoryException for what is neither an outcome nor a matter of trying again
   */
  FillOutcome outcome() {
    if (result >= 0) {
      return new FillOutcome.Filled(field);
    }
    if (field > 0) {
      return new FillOutcome.Retry(field);
    }
    Errno errno = Refusal.errno(result).orElse(Errno.EIO);
    return switch (errno) {
      case EAGAIN -> new FillOutcome.Retry(0);
      case EEXIST -> new FillOutcome.AlreadyPresent();
      case ENOENT -> new FillOutcome.NotRegistered();
      // ENOSPC is what kernels before 4.16 said, and the manual page still says.
      case ESRCH, ENOSPC -> new FillOutcome.Gone();
      case EFAULT -> outOfRange();
      default -> throw refused(errno, "the kernel refuses");
    };
  }

  private FillOutcome outOfRange() {
    if (ioctl == Ioctl.CONTINUE) {
      throw refused(Errno.EFAULT, "the file has no page there");
    }
    return new FillOutcome.OutOfRange();
  }

  private MemoryException refused(Errno errno, String reason) {
    return new MemoryException(errno, ioctl.manualName(), address, reason);
  }
}
