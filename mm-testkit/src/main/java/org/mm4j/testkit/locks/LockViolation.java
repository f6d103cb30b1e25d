/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.locks;

/** A lock was used against the rules of {@link org.mm4j.sync.LockRank}. */
public final class LockViolation extends AssertionError {
  private static final long serialVersionUID = 1;

  /** Reports it. */
  public LockViolation(String message) {
    super(message);
  }
}
