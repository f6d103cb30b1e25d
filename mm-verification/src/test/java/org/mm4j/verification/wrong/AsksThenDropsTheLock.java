/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.ReverseMap;

/** Asks who watches, drops the lock, and fills the holes later. */
@Breaks({"0.1", "4.14"})
final class AsksThenDropsTheLock extends PlainStrategy {
  @Override
  ScanResult takeHoles(CollapseSession session, long holes) {
    ReverseMap reverseMap = session.mapping().reverseMap();
    reverseMap.lockShared();
    try {
      session.cursor().lock();
      if (holes > 0 && isWatched(session)) {
        return ScanResult.EXCEED_NONE_PTE;
      }
      session.cursor().unlock();
    } finally {
      reverseMap.unlockShared();
    }
    session.cursor().lock();
    return countHoles(session) == holes ? null : ScanResult.PAGE_FILLED;
  }
}
