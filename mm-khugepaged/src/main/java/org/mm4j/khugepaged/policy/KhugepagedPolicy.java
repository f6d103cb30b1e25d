/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.policy;

import org.mm4j.CollapseTrigger;
import org.mm4j.spi.CollapseCandidate;
import org.mm4j.spi.CollapseDecision;
import org.mm4j.spi.CollapseLimits;
import org.mm4j.spi.CollapsePolicy;

/**
 * {@code khugepaged}, the default: what Linux does. khugepaged has the limits of its settings
 * ({@code max_ptes_*}), {@code MADV_COLLAPSE} none.
 */
public final class KhugepagedPolicy implements CollapsePolicy {
  /** Creates the policy. */
  public KhugepagedPolicy() {}

  @Override
  public String name() {
    return "khugepaged";
  }

  @Override
  public CollapseDecision decide(CollapseCandidate candidate) {
    return new CollapseDecision.Collapse(
        candidate.trigger() == CollapseTrigger.DAEMON
            ? candidate.configuredLimits()
            : CollapseLimits.NONE);
  }
}
