/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.strategy;

import java.util.Map;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.testkit.verify.CollapseStrategyVerification;
import org.mm4j.testkit.verify.StrategyLimit;

/** Keeps every rule but those about what it does not do. */
final class FullRangesOnlyVerificationTest extends CollapseStrategyVerification {
  @Override
  protected CollapseStrategy createStrategy() {
    return new FullRangesOnly();
  }

  @Override
  protected Map<StrategyLimit, String> limits() {
    String reason = "a collapse must not cost memory";
    return Map.of(StrategyLimit.NO_FILLING, reason, StrategyLimit.NO_BRINGING_IN, reason);
  }
}
