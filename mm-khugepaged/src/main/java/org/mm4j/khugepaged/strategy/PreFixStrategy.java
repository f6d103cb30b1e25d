/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

import org.mm4j.PageRange;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.PageCacheEntry;

/**
 * {@code collapse_file} of Linux 6.2, from before the patch. Wrong on purpose.
 *
 * <p>It stores the huge page into every slot that it passes, holes included, and asks nobody. A
 * userfaultfd that waits for a missing page never hears of it once the hole is filled; and while
 * the collapse runs, {@code UFFDIO_COPY} into such a hole answers that the page is there already,
 * also when the collapse fails later and the hole comes back.
 */
public final class PreFixStrategy implements CollapseStrategy {
  /** Creates the strategy. */
  public PreFixStrategy() {}

  @Override
  public String name() {
    return "pre-fix";
  }

  @Override
  public ScanResult collapse(CollapseSession session) {
    try {
      SharedSteps.allocateTarget(session);
      SharedSteps.reserveNodes(session);
      replaceEverySlot(session);
      EarlyReplacement.commit(session);
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
   * Gives every slot to the huge page, a page's or a hole's. The page-cache lock is held before and
   * after.
   */
  private static void replaceEverySlot(CollapseSession session) {
    PageRange range = session.range();
    boolean holesMayBeFilled = session.mapping().operations().fillsHoles();
    long index = range.firstIndex();
    while (index < range.endIndex()) {
      session.step(CollapseStep.SCAN_SLOT);
      PageCacheEntry entry = session.cursor().load(index);
      if (entry == null && holesMayBeFilled) {
        SharedSteps.refuseARangeWithoutAnyPage(session, index);
        fillHole(session, index);
        index++;
        continue;
      }
      index += EarlyReplacement.replacePage(session, index, entry);
    }
  }

  /** The defect: from here on nobody can tell that there was a hole. */
  private static void fillHole(CollapseSession session, long index) {
    session.step(CollapseStep.CHARGE_HOLES);
    Refusal.unless(session.chargeHoles(1), ScanResult.FAIL);
    session.step(CollapseStep.REPLACE_SLOT);
    session.cursor().store(index, session.target());
  }
}
