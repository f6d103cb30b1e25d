/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.Folio;

/** The bytes of the huge page, written in index order: sources copied, holes zeroed. */
final class TargetContent {
  private final Folio target;
  private final long firstIndex;
  private int nextPage;

  TargetContent(CollapseSession session) {
    this.target = session.target();
    this.firstIndex = session.range().firstIndex();
  }

  /**
   * Zeroes the holes before a source and copies the source.
   *
   * @return false if the source is poisoned
   */
  boolean append(Folio source) {
    zeroUpTo((int) (source.index() - firstIndex));
    boolean readable = true;
    for (int page = 0; page < source.pageCount(); page++) {
      readable &= target.copyPage(nextPage++, source, page);
    }
    return readable;
  }

  /** Zeroes the holes after the last source. */
  void zeroTail() {
    zeroUpTo(target.pageCount());
  }

  private void zeroUpTo(int page) {
    while (nextPage < page) {
      target.clearPage(nextPage++);
    }
  }
}
