/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

import org.mm4j.PageRange;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.ReverseMap;
import org.mm4j.sync.Fences;

/**
 * The second version of the patch "mm/khugepaged: skip shmem with userfaultfd", as it was posted.
 * Wrong on purpose.
 *
 * <p>Against {@link PreFixStrategy} it no longer stores the huge page into holes, and before the
 * commit it counts the holes again and asks who watches for missing pages. What is wrong:
 *
 * <ul>
 *   <li>it asks the VMAs over the first page only, so one that watches any later page is missed,
 *       and its holes are filled without a message;
 *   <li>nothing takes the holes, so a lock-free reader can see one after the question, and then see
 *       it filled;
 *   <li>its read barrier, and the write barrier in the registration that it was to pair with, order
 *       neither side's store before its load;
 *   <li>present pages look missing while the huge page, not up to date, is in their slots.
 * </ul>
 *
 * <p>In its time both new results became EINVAL; here they have the errnos of 6.18.
 */
public final class SeedV2Strategy implements CollapseStrategy {
  /** Creates the strategy. */
  public SeedV2Strategy() {}

  @Override
  public String name() {
    return "seed-v2";
  }

  @Override
  public ScanResult collapse(CollapseSession session) {
    try {
      SharedSteps.allocateTarget(session);
      SharedSteps.reserveNodes(session);
      long holes = replacePages(session);
      if (holes > 0) {
        commitUnlessWatched(session, holes);
      } else {
        EarlyReplacement.commit(session);
      }
    } catch (Refusal refusal) {
      SharedSteps.rollBack(session);
      return refusal.result();
    }
    SharedSteps.flushTranslations(session);
    EarlyReplacement.copyAndFreeSources(session);
    EarlyReplacement.completeTarget(session);
    SharedSteps.retractPageTables(session);
    session.target().unlock();
    return ScanResult.SUCCEED;
  }

  /**
   * Gives every page's slot to the huge page; holes are charged and counted, and left alone. The
   * page-cache lock is held before and after.
   *
   * @return the number of holes
   */
  private static long replacePages(CollapseSession session) {
    PageRange range = session.range();
    boolean holesMayBeFilled = session.mapping().operations().fillsHoles();
    long holes = 0;
    long index = range.firstIndex();
    while (index < range.endIndex()) {
      session.step(CollapseStep.SCAN_SLOT);
      PageCacheEntry entry = session.cursor().load(index);
      if (entry == null && holesMayBeFilled) {
        SharedSteps.refuseARangeWithoutAnyPage(session, index);
        session.step(CollapseStep.CHARGE_HOLES);
        Refusal.unless(session.chargeHoles(1), ScanResult.FAIL);
        holes++;
        index++;
        continue;
      }
      index += EarlyReplacement.replacePage(session, index, entry);
    }
    return holes;
  }

  /**
   * Counts the holes again and asks who watches them, under the reverse-map lock, which is held
   * until after the store. Drops and retakes the page-cache lock, because the reverse map comes
   * first in the lock order; that is why the count is needed.
   */
  private static void commitUnlessWatched(CollapseSession session, long holes) {
    ReverseMap reverseMap = session.mapping().reverseMap();
    session.cursor().unlock();
    session.step(CollapseStep.RECOUNT);
    reverseMap.lockShared();
    try {
      session.cursor().lock();
      Refusal.unless(countHoles(session) == holes, ScanResult.PAGE_FILLED);
      session.step(CollapseStep.CHECK_USERFAULT);
      Fences.acquire(); // the patch's read barrier: too weak, see the class comment
      long firstIndex = session.range().firstIndex();
      Refusal.unless(
          !SharedSteps.isWatchedForMissing(reverseMap, firstIndex, firstIndex),
          ScanResult.EXCEED_NONE_PTE);
      EarlyReplacement.commit(session);
    } finally {
      reverseMap.unlockShared();
    }
  }

  private static long countHoles(CollapseSession session) {
    PageCacheCursor cursor = session.cursor();
    PageRange range = session.range();
    long holes = 0;
    for (long index = range.firstIndex(); index < range.endIndex(); index++) {
      if (cursor.load(index) == null) {
        holes++;
      }
    }
    return holes;
  }
}
