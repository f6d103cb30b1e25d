/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.mm4j.PageRange;
import org.mm4j.ScanResult;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.ReverseMap;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.Fences;

/**
 * The right algorithm in as few words as possible, written against the contracts alone. Breaks no
 * rule; each wrong strategy of this package overrides one of its steps.
 */
class PlainStrategy implements CollapseStrategy {
  @Override
  public String name() {
    return "plain";
  }

  @Override
  public ScanResult collapse(CollapseSession session) {
    List<Long> holes = new ArrayList<>();
    ScanResult refused = attempt(session, holes);
    if (refused != null) {
      rollBack(session, holes);
      return refused;
    }
    finish(session);
    return ScanResult.SUCCEED;
  }

  private ScanResult attempt(CollapseSession session, List<Long> holes) {
    ScanResult refused = session.allocateTarget();
    if (refused != null) {
      return refused;
    }
    session.cursor().lock();
    if (!session.cursor().reserveNodes()) {
      return ScanResult.FAIL;
    }
    for (long index = first(session); index < end(session); ) {
      PageCacheEntry entry = session.cursor().load(index);
      if (entry == null) {
        if (index == first(session) && !session.cursor().anyEntry(index, end(session) - 1)) {
          return ScanResult.TRUNCATED;
        }
        holes.add(index++);
      } else {
        refused = takePage(session, index, entry);
        if (refused != null) {
          return refused;
        }
        index += session.sources().getLast().pageCount();
      }
    }
    session.cursor().unlock();
    flush(session);
    if (!chargeHoles(session, holes.size())) {
      return ScanResult.FAIL;
    }
    if (!copy(session)) {
      return ScanResult.COPY_MC;
    }
    refused = takeHoles(session, holes.size());
    if (refused == null) {
      commit(session);
    }
    return refused;
  }

  // ------------------------------------------------------------ pages

  /** The page-cache lock is held before, and after a success. */
  private ScanResult takePage(CollapseSession session, long index, PageCacheEntry entry) {
    Folio folio;
    if (entry instanceof Folio present && present.isUpToDate()) {
      if (!present.tryLock()) {
        return ScanResult.PAGE_LOCK;
      }
      present.tryGet();
      session.cursor().unlock();
      folio = present;
    } else {
      session.cursor().unlock();
      if (!(session.mapping().operations().bringIn(index) instanceof BringIn.Present brought)) {
        return ScanResult.FAIL;
      }
      folio = brought.folio();
    }
    ScanResult refused = ScanResult.FAIL;
    boolean[] isolated = new boolean[1];
    try {
      refused = takeLocked(session, folio, isolated);
    } finally {
      if (refused != null) {
        giveBack(session, folio, isolated[0]);
      }
    }
    return refused;
  }

  private ScanResult takeLocked(CollapseSession session, Folio folio, boolean[] isolated) {
    if (folio.order() > 0 && folio.index() == first(session)) {
      return ScanResult.PTE_MAPPED_HUGEPAGE;
    }
    if (!session.mapping().equals(folio.mapping())) {
      return ScanResult.TRUNCATED;
    }
    if (!folio.isolate()) {
      return ScanResult.DEL_PAGE_LRU;
    }
    isolated[0] = true;
    if (folio.mapCount() > 0) {
      session.mapping().reverseMap().unmap(folio, session.tlb());
    }
    session.cursor().lock();
    if (folio.references() != 2 + folio.pageCount()) {
      return ScanResult.PAGE_COUNT;
    }
    session.addSource(folio);
    return null;
  }

  private static void giveBack(CollapseSession session, Folio folio, boolean isolated) {
    if (session.cursor().isLocked()) {
      session.cursor().unlock();
    }
    if (isolated) {
      session.tlb().flush();
      folio.putBack();
    }
    folio.unlock();
    folio.put(1);
  }

  void flush(CollapseSession session) {
    session.tlb().flush();
  }

  /** Copies what is there and zeroes the rest; false if a page is lost. */
  private static boolean copy(CollapseSession session) {
    int next = 0;
    for (Folio source : session.sources()) {
      int at = (int) (source.index() - first(session));
      while (next < at) {
        session.target().clearPage(next++);
      }
      for (int page = 0; page < source.pageCount(); page++) {
        if (!session.target().copyPage(next++, source, page)) {
          return false;
        }
      }
    }
    while (next < session.target().pageCount()) {
      session.target().clearPage(next++);
    }
    return true;
  }

  // ------------------------------------------------------------ holes

  boolean chargeHoles(CollapseSession session, long holes) {
    return session.chargeHoles(holes);
  }

  /** Leaves the page-cache lock held, unless it refuses. */
  ScanResult takeHoles(CollapseSession session, long holes) {
    ReverseMap reverseMap = session.mapping().reverseMap();
    reverseMap.lockShared();
    try {
      session.cursor().lock();
      long taken = storePlaceholders(session);
      if (taken != holes) {
        return taken < 0 ? ScanResult.STORE_FAILED : ScanResult.PAGE_FILLED;
      }
      Fences.full();
      return holes > 0 && isWatched(session) ? ScanResult.EXCEED_NONE_PTE : null;
    } finally {
      reverseMap.unlockShared();
    }
  }

  /** Returns how many were stored, or -1. */
  long storePlaceholders(CollapseSession session) {
    PageCacheCursor cursor = session.cursor();
    long taken = 0;
    for (long index = first(session); index < end(session); index++) {
      if (cursor.load(index) == null) {
        if (!cursor.storePlaceholder(index)) {
          return -1;
        }
        taken++;
      }
    }
    return taken;
  }

  static long countHoles(CollapseSession session) {
    long holes = 0;
    for (long index = first(session); index < end(session); index++) {
      holes += session.cursor().load(index) == null ? 1 : 0;
    }
    return holes;
  }

  /** The reverse map is locked. */
  static boolean isWatched(CollapseSession session) {
    boolean[] watched = new boolean[1];
    session
        .mapping()
        .reverseMap()
        .overlapping(
            first(session),
            end(session),
            vma -> {
              watched[0] = vma.has(VmaFlag.UFFD_MISSING);
              return !watched[0];
            });
    return watched[0];
  }

  // ------------------------------------------------------------ the end

  /** The page-cache lock is held before, and released. */
  private void commit(CollapseSession session) {
    Folio target = session.target();
    target.markUpToDate();
    target.get(target.pageCount() - 1);
    target.markDirty();
    target.addToLru();
    store(session);
    session.committed();
    session.cursor().unlock();
  }

  void store(CollapseSession session) {
    session.cursor().storeWhole(session.target());
  }

  void finish(CollapseSession session) {
    session.mapping().reverseMap().retractPageTables(first(session));
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

  void rollBack(CollapseSession session, List<Long> holes) {
    session.rollBack();
  }

  static long first(CollapseSession session) {
    return session.range().firstIndex();
  }

  static long end(CollapseSession session) {
    PageRange range = session.range();
    return range.endIndex();
  }
}
