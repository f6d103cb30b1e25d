/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

import org.jspecify.annotations.Nullable;
import org.mm4j.ScanResult;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;

/**
 * One page on its way from the page cache into the session: locked and referenced, then checked,
 * isolated, unmapped, and handed over.
 *
 * <pre>{@code
 * take: locked + 1 reference --isolate--> + 1 reference, off the LRU --handOver--> the session's
 *              |                              |
 *              +----------- close ------------+--> as it was before
 * }</pre>
 *
 * <p>Whatever ends it early, a refusal or an exception of somebody else, {@link #close} gives back
 * what was taken.
 */
final class HeldPage implements AutoCloseable {
  private final CollapseSession session;
  private final Folio folio;
  private boolean isolated;
  private boolean unmapped;
  private boolean handedOver;

  private HeldPage(CollapseSession session, Folio folio) {
    this.session = session;
    this.folio = folio;
  }

  /**
   * Locks and references the page at an index, bringing it in if it is swapped out, was fallocated
   * and never touched, or has to be read. The page-cache lock is held before; after, only if this
   * refuses with PAGE_LOCK.
   */
  static HeldPage take(CollapseSession session, long index, @Nullable PageCacheEntry entry) {
    PageCacheCursor cursor = session.cursor();
    if (entry instanceof Folio folio && folio.isUpToDate()) {
      // The lock order is folio before page cache, so here a folio lock can only be tried for.
      Refusal.unless(folio.tryLock(), ScanResult.PAGE_LOCK);
      if (!folio.tryGet()) {
        folio.unlock();
        throw new Refusal(ScanResult.PAGE_COUNT);
      }
      cursor.unlock();
      return new HeldPage(session, folio);
    }
    cursor.unlock();
    session.step(CollapseStep.BRING_IN);
    if (session.mapping().operations().bringIn(index) instanceof BringIn.Present present) {
      return new HeldPage(session, present.folio());
    }
    throw new Refusal(ScanResult.FAIL);
  }

  Folio folio() {
    return folio;
  }

  /** Looks again at what may have changed before the lock was ours. */
  void check() {
    session.step(CollapseStep.ISOLATE);
    Refusal.unless(folio.isUpToDate(), ScanResult.FAIL);
    Refusal.unless(!isTheHugePageAlready(), ScanResult.PTE_MAPPED_HUGEPAGE);
    Refusal.unless(session.mapping().equals(folio.mapping()), ScanResult.TRUNCATED);
    boolean mustBeWrittenBackFirst =
        !session.mapping().operations().fillsHoles() && folio.isDirty();
    Refusal.unless(!mustBeWrittenBackFirst, ScanResult.FAIL);
  }

  private boolean isTheHugePageAlready() {
    return folio.pageCount() == session.range().pageCount()
        && folio.index() == session.range().firstIndex();
  }

  /** Takes the page off the LRU, which takes a reference, and away from its file system. */
  void isolate() {
    Refusal.unless(folio.isolate(), ScanResult.DEL_PAGE_LRU);
    isolated = true;
    Refusal.unless(
        session.mapping().operations().releasePrivate(folio), ScanResult.PAGE_HAS_PRIVATE);
  }

  /** Removes the page's translations; processors may use them until the session's batch flushes. */
  void unmap() {
    if (folio.mapCount() > 0) {
      session.step(CollapseStep.UNMAP);
      unmapped = true;
      session.mapping().reverseMap().unmap(folio, session.tlb());
    }
  }

  /** The references of a page that nobody else holds: ours, the isolation's, the page cache's. */
  int ownReferences() {
    return 2 + folio.pageCount();
  }

  /** The session owns the page from now on. */
  void handOver() {
    session.addSource(folio);
    handedOver = true;
  }

  @Override
  public void close() {
    if (handedOver) {
      return;
    }
    if (session.cursor().isLocked()) {
      session.cursor().unlock();
    }
    if (unmapped) {
      // Once it is unlocked a truncation may free it, and need not flush a page that nobody maps.
      session.tlb().flush();
    }
    if (isolated) {
      folio.putBack();
    }
    folio.unlock();
    folio.put(1);
  }
}
