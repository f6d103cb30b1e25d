/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import org.mm4j.spi.CollapseSession;

/** Throws when there is no way back. */
@Breaks({"4.1", "4.22"})
final class ThrowsAfterTheCommit extends PlainStrategy {
  @Override
  void finish(CollapseSession session) {
    throw new ArithmeticException("at the end of " + session.range());
  }
}
