/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.policy;

import org.mm4j.spi.CollapseCandidate;
import org.mm4j.spi.CollapseDecision;
import org.mm4j.spi.CollapseLimits;
import org.mm4j.spi.CollapsePolicy;

/** {@code always}: every range that may be huge becomes huge, however few pages it has. */
public final class AlwaysPolicy implements CollapsePolicy {
  /** Creates the policy. */
  public AlwaysPolicy() {}

  @Override
  public String name() {
    return "always";
  }

  @Override
  public CollapseDecision decide(CollapseCandidate candidate) {
    return new CollapseDecision.Collapse(CollapseLimits.NONE);
  }
}
