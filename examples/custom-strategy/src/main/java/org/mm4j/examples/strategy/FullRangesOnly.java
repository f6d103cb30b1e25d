/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.strategy;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.mm4j.PageRange;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheCursor;

/**
 * Collapses only ranges whose pages are all there, so that a collapse never costs memory. A whole
 * algorithm on the contracts alone.
 *
 * <p>It fills no hole, so nobody who watches holes can be wronged: there is nobody to ask, nothing
 * to charge, no placeholder and no fence. What is left of {@code collapse_file} is: take every page
 * away from everybody else, copy, replace all of them by one store. A page that is swapped out or
 * was never written counts as not there.
 *
 * <p>Locks: the sources' folio locks by trying, in ascending order, under the page-cache lock. Once
 * locked, a page stays in the file at its index.
 */
public final class FullRangesOnly implements CollapseStrategy {
  /** Creates the strategy. */
  public FullRangesOnly() {}

  @Override
  public String name() {
    return "full-ranges-only";
  }

  @Override
  public ScanResult collapse(CollapseSession session) {
    ScanResult refusal = takePages(session);
    if (refusal == null) {
      refusal = copyPages(session);
    }
    if (refusal != null) {
      session.step(CollapseStep.ROLL_BACK);
      session.rollBack(); // what was handed over to the session goes back
      return refusal;
    }
    commit(session);
    freeSources(session);
    return ScanResult.SUCCEED;
  }

  /** Returns null with all pages taken and the page-cache lock free, or why one cannot be taken. */
  private static @Nullable ScanResult takePages(CollapseSession session) {
    if (!session.mapping().operations().fillsHoles()) {
      return ScanResult.VMA_CHECK; // a file with a disk needs more care than this
    }
    session.step(CollapseStep.ALLOCATE);
    ScanResult refusal = session.allocateTarget();
    if (refusal != null) {
      return refusal;
    }
    session.step(CollapseStep.RESERVE_NODES);
    PageCacheCursor cursor = session.cursor();
    PageRange range = session.range();
    cursor.lock();
    if (!cursor.reserveNodes()) {
      return ScanResult.FAIL;
    }
    long index = range.firstIndex();
    while (index < range.endIndex()) {
      session.step(CollapseStep.SCAN_SLOT);
      if (!(cursor.load(index) instanceof Folio page) || !page.isUpToDate()) {
        boolean anyPage = cursor.anyEntry(range.firstIndex(), range.endIndex() - 1);
        return anyPage ? ScanResult.EXCEED_NONE_PTE : ScanResult.TRUNCATED;
      }
      refusal = takePage(session, page);
      if (refusal != null) {
        return refusal;
      }
      index += page.pageCount();
    }
    cursor.unlock();
    return null;
  }

  /**
   * Takes one page. The page-cache lock is held before, and after a success.
   *
   * @return null, or why it cannot be taken
   */
  private static @Nullable ScanResult takePage(CollapseSession session, Folio page) {
    if (page.pageCount() == session.range().pageCount()) {
      return ScanResult.PTE_MAPPED_HUGEPAGE;
    }
    if (!page.tryLock()) {
      return ScanResult.PAGE_LOCK;
    }
    if (!page.tryGet()) {
      page.unlock();
      return ScanResult.PAGE_COUNT;
    }
    session.cursor().unlock();
    if (!handOver(session, page)) {
      return ScanResult.DEL_PAGE_LRU;
    }
    session.step(CollapseStep.COUNT_REFERENCES);
    session.cursor().lock();
    int ownReferences = 2 + page.pageCount(); // ours, the isolation's, the page cache's
    return page.references() == ownReferences ? null : ScanResult.PAGE_COUNT;
  }

  /**
   * Isolates and unmaps a locked and referenced page and makes it the session's; if that ends early
   * the page is as it was before.
   */
  private static boolean handOver(CollapseSession session, Folio page) {
    boolean isolated = false;
    boolean handedOver = false;
    try {
      session.step(CollapseStep.ISOLATE);
      isolated = page.isolate();
      if (isolated) {
        session.step(CollapseStep.UNMAP);
        session.mapping().reverseMap().unmap(page, session.tlb());
        session.addSource(page);
        handedOver = true;
      }
      return handedOver;
    } finally {
      if (!handedOver) {
        session.tlb().flush();
        if (isolated) {
          page.putBack();
        }
        page.unlock();
        page.put(1);
      }
    }
  }

  /** Returns null, or COPY_MC if a page cannot be read. */
  private static @Nullable ScanResult copyPages(CollapseSession session) {
    session.step(CollapseStep.FLUSH);
    session.tlb().flush(); // nobody changes a byte from here on
    session.step(CollapseStep.COPY);
    int toPage = 0;
    for (Folio source : session.sources()) {
      for (int page = 0; page < source.pageCount(); page++) {
        if (!session.target().copyPage(toPage++, source, page)) {
          return ScanResult.COPY_MC;
        }
      }
    }
    return null;
  }

  /** The huge page is complete before the store makes it visible. */
  private static void commit(CollapseSession session) {
    Folio target = session.target();
    PageCacheCursor cursor = session.cursor();
    cursor.lock();
    session.step(CollapseStep.COMMIT);
    target.markUpToDate();
    target.get(target.pageCount() - 1); // the page cache's, one per page
    target.markDirty();
    target.addToLru();
    cursor.storeWhole(target);
    session.committed();
    cursor.unlock();
    session.step(CollapseStep.RETRACT);
    session.mapping().reverseMap().retractPageTables(session.range().firstIndex());
  }

  /** Unlocks the huge page and gives back the old ones. */
  private static void freeSources(CollapseSession session) {
    session.step(CollapseStep.FREE_SOURCES);
    session.target().unlock();
    Iterator<Folio> sources = session.sources().iterator();
    while (sources.hasNext()) {
      Folio source = sources.next();
      sources.remove();
      source.detach();
      source.unlock();
      source.put(2 + source.pageCount());
    }
  }
}
