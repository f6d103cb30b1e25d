/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import org.mm4j.spi.CollapseSession;

/** Stores the huge page twice, as Linux 6.4-rc1 did after a merge conflict. */
@Breaks({"4.21"})
final class DoubleStore extends PlainStrategy {
  @Override
  void store(CollapseSession session) {
    super.store(session);
    super.store(session);
  }
}
