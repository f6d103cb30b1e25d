/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mm4j.Errno;
import org.mm4j.FillOutcome;
import org.mm4j.MemoryException;
import org.mm4j.linux.ffm.Ioctl;

final class ResolveResultTest {
  private static final long PAGE = 4096;

  private static FillOutcome outcome(Ioctl ioctl, Errno errno, long field) {
    return new ResolveResult(ioctl, -errno.number(), field, PAGE).outcome();
  }

  @Test
  void successIsWhatTheFieldSays() {
    assertEquals(
        new FillOutcome.Filled(2 * PAGE), new ResolveResult(Ioctl.COPY, 0, 2 * PAGE, 0).outcome());
  }

  @Test
  void aPositiveCountBesidesAnErrnoIsPartOfTheWork() {
    assertEquals(new FillOutcome.Retry(PAGE), outcome(Ioctl.COPY, Errno.EAGAIN, PAGE));
  }

  @Test
  void theErrnoOfAChangingAddressSpaceIsNotBytes() {
    int again = Errno.EAGAIN.number();
    assertEquals(new FillOutcome.Retry(0), outcome(Ioctl.COPY, Errno.EAGAIN, -again));
    assertEquals(new FillOutcome.Retry(0), outcome(Ioctl.WRITEPROTECT, Errno.EAGAIN, 0));
  }

  @ParameterizedTest
  @EnumSource(
      value = Ioctl.class,
      names = {"COPY", "ZEROPAGE", "MOVE", "CONTINUE", "POISON"})
  void nothingDoneIsTheErrnoWhetherTheFieldRepeatsItOrNot(Ioctl ioctl) {
    for (long field : new long[] {0, -1}) {
      long repeated = field;
      assertEquals(
          new FillOutcome.AlreadyPresent(),
          outcome(ioctl, Errno.EEXIST, repeated * Errno.EEXIST.number()));
      assertEquals(
          new FillOutcome.NotRegistered(),
          outcome(ioctl, Errno.ENOENT, repeated * Errno.ENOENT.number()));
      assertEquals(
          new FillOutcome.Gone(), outcome(ioctl, Errno.ESRCH, repeated * Errno.ESRCH.number()));
      MemoryException refusal =
          assertThrows(
              MemoryException.class,
              () -> outcome(ioctl, Errno.EINVAL, repeated * Errno.EINVAL.number()));
      assertEquals(Errno.EINVAL, refusal.errno());
      assertEquals("UFFDIO_" + ioctl, refusal.call());
      assertEquals(PAGE, refusal.offendingValue());
    }
  }

  @Test
  void aFaultIsTheEndOfTheFileExceptForContinue() {
    assertEquals(new FillOutcome.OutOfRange(), outcome(Ioctl.COPY, Errno.EFAULT, -14));
    assertEquals(
        Errno.EFAULT,
        assertThrows(MemoryException.class, () -> outcome(Ioctl.CONTINUE, Errno.EFAULT, -14))
            .errno());
  }

  @Test
  void anErrnoWithoutANameIsNotLost() {
    MemoryException refusal =
        assertThrows(
            MemoryException.class, () -> new ResolveResult(Ioctl.COPY, -133, 0, 0).outcome());
    assertEquals(Errno.EIO, refusal.errno());
  }
}
