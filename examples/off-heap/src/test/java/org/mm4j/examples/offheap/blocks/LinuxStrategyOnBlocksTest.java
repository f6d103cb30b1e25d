/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import org.mm4j.SimulatedBuilder;
import org.mm4j.khugepaged.strategy.LinuxStrategy;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.testkit.verify.CollapseStrategyVerification;

/** The built-in strategy keeps every rule on our stores. */
final class LinuxStrategyOnBlocksTest extends CollapseStrategyVerification {
  @Override
  protected CollapseStrategy createStrategy() {
    return new LinuxStrategy();
  }

  @Override
  protected SimulatedBuilder configure(SimulatedBuilder builder) {
    return builder.with(new BlockStoreFeature());
  }
}
