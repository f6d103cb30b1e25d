/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStrategy;

/** Collapses, and answers null. */
@Breaks("4.1")
final class AnswersNothing implements CollapseStrategy {
  private final CollapseStrategy right = new PlainStrategy();

  @Override
  public String name() {
    return "null";
  }

  @Override
  public ScanResult collapse(CollapseSession session) {
    right.collapse(session);
    return null;
  }
}
