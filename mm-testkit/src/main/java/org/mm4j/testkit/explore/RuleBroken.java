/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

/** A rule was broken in a run. */
public final class RuleBroken extends AssertionError {
  private static final long serialVersionUID = 1;

  private final String rule;

  /**
   * Reports it.
   *
   * @param rule the number of the rule in SPEC.md, "0.1"
   * @param message what happened
   */
  public RuleBroken(String rule, String message) {
    super(message);
    this.rule = rule;
  }

  /**
   * Reports it.
   *
   * @param rule the number of the rule in SPEC.md, "0.1"
   * @param message what happened
   * @param cause what was thrown
   */
  public RuleBroken(String rule, String message, Throwable cause) {
    super(message, cause);
    this.rule = rule;
  }

  /** Returns the number of the rule. */
  public String rule() {
    return rule;
  }
}
