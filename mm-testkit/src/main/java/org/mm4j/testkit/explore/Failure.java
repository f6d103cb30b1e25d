/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import org.jspecify.annotations.Nullable;
import org.mm4j.testkit.locks.LockViolation;

/**
 * A rule that was broken in a run.
 *
 * @param rule its name
 * @param message what happened
 * @param cause what was thrown, if something was
 */
record Failure(String rule, String message, @Nullable Throwable cause) {
  /** Returns the failure that somebody has thrown. */
  static Failure of(Throwable thrown, String where) {
    return switch (thrown) {
      case RuleBroken broken ->
          new Failure(broken.rule(), String.valueOf(broken.getMessage()), broken);
      case LockViolation violation ->
          new Failure(Violation.LOCK_ORDER, String.valueOf(violation.getMessage()), violation);
      default -> new Failure(Violation.EXCEPTION, where + " throws " + thrown, thrown);
    };
  }
}
