/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/** What a {@link CollapsePolicy} decides about a range. */
public sealed interface CollapseDecision {
  /**
   * The range is worth a collapse if it is still within the limits when it is looked at.
   *
   * @param limits how far from full it may be
   */
  record Collapse(CollapseLimits limits) implements CollapseDecision {}

  /**
   * The range stays as it is.
   *
   * @param reason why, in a few words, for whoever asked
   */
  record Skip(String reason) implements CollapseDecision {}
}
