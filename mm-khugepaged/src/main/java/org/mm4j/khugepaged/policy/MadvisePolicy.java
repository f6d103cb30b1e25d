/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.policy;

import org.mm4j.CollapseTrigger;
import org.mm4j.spi.CollapseCandidate;
import org.mm4j.spi.CollapseDecision;
import org.mm4j.spi.CollapseLimits;
import org.mm4j.spi.CollapsePolicy;

/** {@code madvise}: only who asks gets huge pages, and without limits; khugepaged makes none. */
public final class MadvisePolicy implements CollapsePolicy {
  /** Creates the policy. */
  public MadvisePolicy() {}

  @Override
  public String name() {
    return "madvise";
  }

  @Override
  public CollapseDecision decide(CollapseCandidate candidate) {
    return candidate.trigger() == CollapseTrigger.MADVISE
        ? new CollapseDecision.Collapse(CollapseLimits.NONE)
        : new CollapseDecision.Skip("only MADV_COLLAPSE makes huge pages");
  }
}
