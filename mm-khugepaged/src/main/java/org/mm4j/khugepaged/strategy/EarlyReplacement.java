/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheEntry;

/**
 * What the algorithms before Linux 6.4 have in common: each old page is frozen and replaced in the
 * page cache by the huge page while the range is still being looked at, and copied after the
 * commit.
 *
 * <p>Meanwhile the huge page is locked and not up to date, so {@code mincore} and {@code SEEK_DATA}
 * miss pages that are there, and a throw between commit and copy loses the content: the engine then
 * makes the huge page unreadable. While it sits in many slots it has one reference for all of them.
 */
final class EarlyReplacement {
  private EarlyReplacement() {}

  /**
   * Locks, isolates, unmaps and freezes the page at an index, and gives its slot to the huge page.
   * The page-cache lock is held before and after.
   *
   * @return how many pages it had: these algorithms refuse large ones, so 1
   */
  static int replacePage(CollapseSession session, long index, @Nullable PageCacheEntry entry) {
    try (HeldPage page = HeldPage.take(session, index, entry)) {
      page.check();
      Refusal.unless(page.folio().order() == 0, ScanResult.PAGE_COMPOUND);
      page.isolate();
      page.unmap();
      session.step(CollapseStep.COUNT_REFERENCES);
      session.cursor().lock();
      Refusal.unless(page.folio().freeze(page.ownReferences()), ScanResult.PAGE_COUNT);
      page.handOver();
      session.step(CollapseStep.REPLACE_SLOT);
      session.cursor().store(index, session.target());
      return page.folio().pageCount();
    }
  }

  /** One entry instead of many slots. The page-cache lock is held before, and released. */
  static void commit(CollapseSession session) {
    session.step(CollapseStep.COMMIT);
    session.cursor().storeWhole(session.target());
    session.committed();
    session.cursor().unlock();
  }

  /** Copies each old page and frees it; a hole becomes zeroes. */
  static void copyAndFreeSources(CollapseSession session) {
    TargetContent content = new TargetContent(session);
    Iterator<Folio> sources = session.sources().iterator();
    while (sources.hasNext()) {
      Folio source = sources.next();
      session.step(CollapseStep.COPY);
      if (!content.append(source)) {
        session.target().markPoisoned(); // kernels of that time did not survive the machine check
      }
      session.step(CollapseStep.FREE_SOURCES);
      sources.remove();
      source.detach();
      source.unfreeze(1);
      source.unlock();
      source.put(1);
    }
    content.zeroTail();
  }

  /** Only now may the huge page be read; the page cache gets one reference per page. */
  static void completeTarget(CollapseSession session) {
    Folio target = session.target();
    target.markUpToDate();
    target.get(target.pageCount() - 1);
    if (session.mapping().operations().fillsHoles()) {
      target.markDirty();
    }
    target.addToLru();
  }
}
