/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

import org.mm4j.PageRange;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.ReverseMap;
import org.mm4j.spi.VmaFlag;

/** The steps that never changed from one algorithm to the next. */
final class SharedSteps {
  private SharedSteps() {}

  /** A huge page, charged and locked, that nobody else can see yet. */
  static void allocateTarget(CollapseSession session) {
    session.step(CollapseStep.ALLOCATE);
    ScanResult refused = session.allocateTarget();
    if (refused != null) {
      throw new Refusal(refused);
    }
  }

  /** No later store may need memory. Leaves the page-cache lock held. */
  static void reserveNodes(CollapseSession session) {
    session.step(CollapseStep.RESERVE_NODES);
    session.cursor().lock();
    Refusal.unless(session.cursor().reserveNodes(), ScanResult.FAIL);
  }

  /**
   * Refuses if the first index is a hole and so are all others: the file was truncated, or the
   * range punched out, since somebody looked.
   */
  static void refuseARangeWithoutAnyPage(CollapseSession session, long holeIndex) {
    PageRange range = session.range();
    if (holeIndex == range.firstIndex()) {
      Refusal.unless(
          session.cursor().anyEntry(holeIndex, range.endIndex() - 1), ScanResult.TRUNCATED);
    }
  }

  /**
   * Returns once no processor can use a translation of a source any more. After a refusal the
   * roll-back does the same.
   */
  static void flushTranslations(CollapseSession session) {
    session.step(CollapseStep.FLUSH);
    session.tlb().flush();
  }

  /**
   * Returns whether a VMA over a closed interval has a userfaultfd that waits for missing pages.
   */
  static boolean isWatchedForMissing(
      ReverseMap reverseMap, long firstIndex, long lastIndexInclusive) {
    boolean[] watched = new boolean[1];
    reverseMap.overlapping(
        firstIndex,
        lastIndexInclusive,
        vma -> {
          watched[0] = vma.has(VmaFlag.UFFD_MISSING);
          return !watched[0];
        });
    return watched[0];
  }

  /** The emptied page tables go away, so that the next fault can map the huge page. */
  static void retractPageTables(CollapseSession session) {
    session.step(CollapseStep.RETRACT);
    session.mapping().reverseMap().retractPageTables(session.range().firstIndex());
  }

  /** Everything is put back. The page-cache lock may be held, and placeholders be there. */
  static void rollBack(CollapseSession session) {
    session.step(CollapseStep.ROLL_BACK);
    session.rollBack();
  }
}
