/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

import java.util.Iterator;
import org.mm4j.PageRange;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.ReverseMap;
import org.mm4j.sync.Fences;

/**
 * {@code collapse_file} of Linux 6.18, with one fence more. The default.
 *
 * <p>The old pages stay in the page cache, locked and isolated but not frozen, while they are
 * copied. Only then are the holes taken, by placeholders that make lock-free readers wait, so that
 * from this moment nobody can see a hole any more; then every VMA over the range is asked for a
 * userfaultfd that watches for missing pages; then one store replaces pages and placeholders. A
 * userfaultfd that is registered after the question cannot have seen a hole, and one registered
 * before it is found.
 *
 * <p><b>The fence.</b> "I took the holes, now I look who watches" against "I watch, now I look for
 * holes" is a store followed by a load on both sides, which only a full fence orders. The second
 * version of the patch had a write barrier in the registration and a read barrier here; they order
 * stores with stores and loads with loads, so they never helped, and the merged version dropped
 * them without a replacement. What stands in their places now is a full fence on each side: here
 * between the placeholders and the question, and in mm-userfaultfd's registration between the flags
 * and the return. {@link LinuxAsMergedStrategy} is this strategy without it.
 *
 * <p><b>The quirk.</b> Linux asks the VMAs of the closed interval from the first index to the one
 * after the last, so a VMA that begins exactly at the end of the range counts as overlapping. The
 * running kernel shows it, so this strategy does the same.
 */
public sealed class LinuxStrategy implements CollapseStrategy permits LinuxAsMergedStrategy {
  /** Creates the strategy. */
  public LinuxStrategy() {}

  @Override
  public String name() {
    return "linux";
  }

  @Override
  public final ScanResult collapse(CollapseSession session) {
    try {
      SharedSteps.allocateTarget(session); // 1, 2
      SharedSteps.reserveNodes(session); // 3
      long holes = isolatePages(session);
      SharedSteps.flushTranslations(session); // 7: nobody changes a byte from here on
      chargeHoles(session, holes);
      copyContents(session);
      if (holes > 0) {
        takeHoles(session, holes);
      } else {
        session.cursor().lock();
      }
      commit(session);
    } catch (Refusal refusal) {
      SharedSteps.rollBack(session); // 16
      return refusal.result();
    }
    SharedSteps.retractPageTables(session); // 14
    freeSources(session);
    return ScanResult.SUCCEED;
  }

  /**
   * Step 4: every page of the range is locked, isolated, unmapped, and referenced by nobody else;
   * every hole is counted. The page-cache lock is held at the top of each round and dropped within
   * it, so a hole seen here may be filled before the end; step 10 finds out.
   *
   * @return the number of holes
   */
  private static long isolatePages(CollapseSession session) {
    PageCacheCursor cursor = session.cursor();
    PageRange range = session.range();
    boolean holesMayBeFilled = session.mapping().operations().fillsHoles();
    long holes = 0;
    long index = range.firstIndex();
    while (index < range.endIndex()) {
      session.step(CollapseStep.SCAN_SLOT);
      PageCacheEntry entry = cursor.load(index);
      if (entry == null && holesMayBeFilled) {
        SharedSteps.refuseARangeWithoutAnyPage(session, index);
        holes++;
        index++;
        continue;
      }
      try (HeldPage page = HeldPage.take(session, index, entry)) {
        page.check();
        page.isolate();
        page.unmap();
        session.step(CollapseStep.COUNT_REFERENCES);
        cursor.lock();
        Refusal.unless(page.folio().references() == page.ownReferences(), ScanResult.PAGE_COUNT);
        page.handOver();
        index += page.folio().pageCount();
      }
    }
    cursor.unlock();
    return holes;
  }

  /** Step 8: the holes cost memory of the file as soon as they are filled. */
  private static void chargeHoles(CollapseSession session, long holes) {
    if (holes > 0) {
      session.step(CollapseStep.CHARGE_HOLES);
      Refusal.unless(session.chargeHoles(holes), ScanResult.FAIL);
    }
  }

  /** Step 9: no spin lock is held; the sources are locked, unmapped and ours. */
  private static void copyContents(CollapseSession session) {
    session.step(CollapseStep.COPY);
    TargetContent content = new TargetContent(session);
    for (Folio source : session.sources()) {
      Refusal.unless(content.append(source), ScanResult.COPY_MC);
    }
    content.zeroTail();
  }

  /**
   * Step 10: takes every hole, makes sure that they are the holes that were counted, and that no
   * userfaultfd watches for any. Leaves the page-cache lock held; after a refusal too, so that the
   * roll-back removes the placeholders before anybody else can take the lock.
   */
  private void takeHoles(CollapseSession session, long holes) {
    session.step(CollapseStep.STORE_PLACEHOLDERS);
    ReverseMap reverseMap = session.mapping().reverseMap();
    reverseMap.lockShared();
    try {
      session.cursor().lock();
      long taken = storePlaceholders(session);
      session.step(CollapseStep.RECOUNT);
      Refusal.unless(taken == holes, ScanResult.PAGE_FILLED);
      session.step(CollapseStep.CHECK_USERFAULT);
      orderPlaceholdersBeforeTheQuestion();
      refuseIfAnyHoleIsWatched(session, reverseMap);
    } finally {
      reverseMap.unlockShared();
    }
  }

  /** Steps 10 b: lock-free readers that meet a placeholder wait; there is no hole left to see. */
  private static long storePlaceholders(CollapseSession session) {
    PageCacheCursor cursor = session.cursor();
    PageRange range = session.range();
    long taken = 0;
    for (long index = range.firstIndex(); index < range.endIndex(); index++) {
      if (cursor.load(index) == null) {
        Refusal.unless(cursor.storePlaceholder(index), ScanResult.STORE_FAILED);
        taken++;
      }
    }
    return taken;
  }

  /** The full fence that the class comment is about. */
  void orderPlaceholdersBeforeTheQuestion() {
    Fences.full();
  }

  /**
   * Step 10 d: the interval is closed and ends one page behind the range; see the class comment.
   */
  private static void refuseIfAnyHoleIsWatched(CollapseSession session, ReverseMap reverseMap) {
    PageRange range = session.range();
    long oneIndexTooFar = range.endIndex();
    Refusal.unless(
        !SharedSteps.isWatchedForMissing(reverseMap, range.firstIndex(), oneIndexTooFar),
        ScanResult.EXCEED_NONE_PTE);
  }

  /**
   * Steps 11 to 13: the huge page is complete before the store makes it visible. Its one reference
   * and those added here are the page cache's, one per page.
   */
  private static void commit(CollapseSession session) {
    session.step(CollapseStep.COMMIT);
    Folio target = session.target();
    target.markUpToDate();
    target.get(target.pageCount() - 1);
    if (session.mapping().operations().fillsHoles()) {
      target.markDirty(); // a file without a disk has its content nowhere else
    }
    target.addToLru();
    session.cursor().storeWhole(target);
    session.committed();
    session.cursor().unlock();
  }

  /**
   * Steps 14 and 15: unlocks the huge page and gives back the old ones. Whoever found one of those
   * before the commit waits for its lock, then sees that it belongs to no file, and looks again.
   */
  private static void freeSources(CollapseSession session) {
    session.step(CollapseStep.FREE_SOURCES);
    session.target().unlock();
    Iterator<Folio> sources = session.sources().iterator();
    while (sources.hasNext()) {
      Folio source = sources.next();
      sources.remove();
      source.detach();
      source.unlock();
      source.put(2 + source.pageCount()); // ours, the isolation's, the page cache's
    }
  }
}
