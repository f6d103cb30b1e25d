/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.policy;

import org.mm4j.spi.CollapseCandidate;
import org.mm4j.spi.CollapseDecision;
import org.mm4j.spi.CollapsePolicy;

/** {@code never}: nothing becomes huge, whoever asks; {@code MADV_COLLAPSE} is EINVAL. */
public final class NeverPolicy implements CollapsePolicy {
  /** Creates the policy. */
  public NeverPolicy() {}

  @Override
  public String name() {
    return "never";
  }

  @Override
  public CollapseDecision decide(CollapseCandidate candidate) {
    return new CollapseDecision.Skip("no huge pages are made");
  }
}
