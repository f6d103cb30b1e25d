/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.strategy;

import org.mm4j.spi.CollapseStrategy;
import org.mm4j.testkit.verify.CollapseStrategyVerification;

/** Keeps every rule for strategies. */
final class AskFirstTest extends CollapseStrategyVerification {
  @Override
  protected CollapseStrategy createStrategy() {
    return new AskFirst();
  }
}
