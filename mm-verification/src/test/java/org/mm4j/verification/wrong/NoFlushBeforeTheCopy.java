/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import org.mm4j.spi.CollapseSession;

/** Copies pages that processors may still write to. */
@Breaks({"4.9"})
final class NoFlushBeforeTheCopy extends PlainStrategy {
  @Override
  void flush(CollapseSession session) {}
}
