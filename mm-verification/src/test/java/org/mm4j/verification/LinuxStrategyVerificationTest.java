/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification;

import org.mm4j.khugepaged.strategy.LinuxStrategy;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.testkit.verify.CollapseStrategyVerification;

/** The default strategy keeps the rules. */
final class LinuxStrategyVerificationTest extends CollapseStrategyVerification {
  @Override
  protected CollapseStrategy createStrategy() {
    return new LinuxStrategy();
  }
}
