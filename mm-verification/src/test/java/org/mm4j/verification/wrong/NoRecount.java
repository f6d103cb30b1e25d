/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;

/** Does not count the holes again: what others stored in one meanwhile is overwritten. */
@Breaks({"0.4", "4.15"})
final class NoRecount extends PlainStrategy {
  @Override
  ScanResult takeHoles(CollapseSession session, long holes) {
    ScanResult refused = super.takeHoles(session, holes);
    return refused == ScanResult.PAGE_FILLED ? null : refused;
  }
}
