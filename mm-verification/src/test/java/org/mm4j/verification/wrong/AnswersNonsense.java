/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStrategy;

/** Says that it succeeded, and did nothing. */
@Breaks("4.1")
final class AnswersNonsense implements CollapseStrategy {
  @Override
  public String name() {
    return "nonsense";
  }

  @Override
  public ScanResult collapse(CollapseSession session) {
    return ScanResult.SUCCEED;
  }
}
