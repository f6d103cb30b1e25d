/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

final class RunningKernelTest {
  @Test
  void whatIsThereIsFine() {
    RunningKernel.require(true, () -> "nothing", true);
    RunningKernel.require(true, () -> "nothing", false);
  }

  @Test
  void whatIsMissingSkipsWithTheReason() {
    TestAbortedException skipped =
        assertThrows(
            TestAbortedException.class,
            () -> RunningKernel.require(false, () -> "no userfaultfd", false));
    assertEquals("no userfaultfd", skipped.getMessage());
  }

  @Test
  void whatIsMissingFailsWhereItMustNotBe() {
    assertThrows(
        AssertionFailedError.class,
        () -> RunningKernel.require(false, () -> "no userfaultfd", true));
  }
}
