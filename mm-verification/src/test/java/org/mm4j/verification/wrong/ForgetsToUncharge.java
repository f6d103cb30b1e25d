/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import org.mm4j.spi.CollapseSession;

/** Charges the file by itself, and forgets to give the charge back. */
@Breaks({"4.2", "4.10", "5.3"})
final class ForgetsToUncharge extends PlainStrategy {
  @Override
  boolean chargeHoles(CollapseSession session, long holes) {
    if (!session.mapping().operations().charge(holes)) {
      return false;
    }
    session.cursor().lock();
    session.cursor().adjustPresentPages(holes);
    session.cursor().unlock();
    return true;
  }
}
