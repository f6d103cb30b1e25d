/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import java.util.List;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.Folio;

/** Rolling back, clears every slot that was a hole when it looked, whoever has filled it since. */
@Breaks({"0.4", "4.20"})
final class ClearsForeignSlots extends PlainStrategy {
  @Override
  void rollBack(CollapseSession session, List<Long> holes) {
    if (!session.cursor().isLocked()) {
      session.cursor().lock();
    }
    for (long hole : holes) {
      if (session.cursor().load(hole) instanceof Folio) {
        session.cursor().erase(hole);
        session.cursor().adjustPresentPages(-1);
      }
    }
    super.rollBack(session, holes);
  }
}
