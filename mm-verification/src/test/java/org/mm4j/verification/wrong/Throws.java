/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;

/** Throws in the middle of it. */
@Breaks({"4.1"})
final class Throws extends PlainStrategy {
  @Override
  ScanResult takeHoles(CollapseSession session, long holes) {
    throw new ArithmeticException("of " + holes + " holes");
  }
}
