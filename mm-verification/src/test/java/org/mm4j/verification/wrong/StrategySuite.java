/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import java.util.function.Supplier;
import org.mm4j.khugepaged.strategy.LinuxStrategy;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.testkit.verify.CollapseStrategyVerification;

/** The suite, with whatever strategy it is told to verify. Run by {@link KitReport} only. */
final class StrategySuite extends CollapseStrategyVerification {
  private static volatile Supplier<CollapseStrategy> strategies = LinuxStrategy::new;

  static void verify(Supplier<CollapseStrategy> wanted) {
    strategies = wanted;
  }

  @Override
  protected CollapseStrategy createStrategy() {
    return strategies.get();
  }
}
