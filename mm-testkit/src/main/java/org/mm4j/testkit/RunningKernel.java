/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs of the machine it runs on: the running Linux kernel, a compiler.
 *
 * <p>Where it is missing the test is skipped, with the reason. Where {@value #REQUIRE} is in the
 * environment it fails instead: continuous integration sets it on a machine that has everything, so
 * that no such test is skipped there unnoticed.
 */
public final class RunningKernel {
  /** The variable that turns a skipped test into a failed one. */
  public static final String REQUIRE = "MM4J_REQUIRE_KERNEL";

  private RunningKernel() {}

  /**
   * Skips the test, or fails it, unless something is there.
   *
   * @param isThere whether it is
   * @param reason what is missing, and the remedy
   */
  public static void require(boolean isThere, Supplier<String> reason) {
    require(isThere, reason, System.getenv(REQUIRE) != null);
  }

  static void require(boolean isThere, Supplier<String> reason, boolean mustNotSkip) {
    if (isThere) {
      return;
    }
    if (mustNotSkip) {
      Assertions.fail(reason.get());
    }
    Assumptions.abort(reason.get());
  }
}
