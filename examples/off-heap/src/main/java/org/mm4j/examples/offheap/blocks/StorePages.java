/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.mm4j.PageRange;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.TlbBatch;
import org.mm4j.sync.Sync;

/**
 * Puts pages into a store and takes them out, and keeps slots, references, charge and the number of
 * present pages in step. A page is locked before it is stored, so whoever finds it waits until its
 * maker is done. Thread-safe; takes folio and page-cache locks.
 */
@SuppressWarnings("ReferenceEquality") // the question is always whether it is this very store
final class StorePages {
  private final BlockStore store;

  StorePages(BlockStore store) {
    this.store = store;
  }

  /**
   * Returns the folio at an index: locked, referenced for the caller, and still there.
   *
   * @return null for a hole
   */
  @Nullable Folio lockAt(long index) {
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      if (!(store.pageCache().lookup(index) instanceof Folio folio)) {
        return null; // nothing is ever swapped out of this store
      }
      folio.lock();
      if (folio.mapping() == store
          && new PageRange(folio.index(), folio.pageCount()).contains(index)) {
        return folio;
      }
      release(folio); // taken out or collapsed while we waited
    }
  }

  /** Unlocks a folio and gives the caller's reference back. */
  static void release(Folio folio) {
    folio.unlock();
    folio.put(1);
  }

  // ------------------------------------------------------------ in

  /** What became of a new page. */
  sealed interface Added {
    /**
     * It is there.
     *
     * @param folio locked, referenced once for the caller
     */
    record Page(Folio folio) implements Added {}

    /** Why it is not; nothing changed. */
    enum Refusal implements Added {
      /** There is one already. */
      EXISTS,
      /** The limit of the store is reached. */
      NO_SPACE,
      /** There is no memory. */
      NO_MEMORY
    }
  }

  /**
   * Puts a new page into a hole. It is complete before anybody can see it.
   *
   * @param account the address space to charge, or null for none
   * @param content writes the page and returns whether it is valid now; false for a page that is
   *     only allocated
   */
  Added add(long index, @Nullable MemoryDescriptor account, Predicate<Folio> content) {
    if (!store.operations().charge(1)) {
      return Added.Refusal.NO_SPACE;
    }
    Added added = Added.Refusal.NO_MEMORY;
    try {
      if (store.folios().allocate(0, account) instanceof Allocation.Allocated allocated) {
        added = addAllocated(allocated.folio(), index, content);
      }
      return added;
    } finally {
      if (!(added instanceof Added.Page)) {
        store.operations().uncharge(1);
      }
    }
  }

  private Added addAllocated(Folio folio, long index, Predicate<Folio> content) {
    boolean added = false;
    try {
      if (content.test(folio)) {
        folio.markUpToDate();
      }
      folio.markDirty();
      folio.lock();
      folio.attach(store, index);
      added = storeIfHole(folio);
      if (added) {
        folio.addToLru();
        return new Added.Page(folio);
      }
      folio.detach();
      folio.unlock();
      return Added.Refusal.EXISTS;
    } finally {
      if (!added) {
        folio.put(1);
      }
    }
  }

  private boolean storeIfHole(Folio folio) {
    PageCacheCursor cursor = cursorOver(folio);
    cursor.lock();
    try {
      if (cursor.load(folio.index()) != null) {
        return false;
      }
      folio.get(1); // the page cache's
      cursor.store(folio.index(), folio);
      cursor.adjustPresentPages(1);
      return true;
    } finally {
      cursor.unlock();
    }
  }

  private PageCacheCursor cursorOver(Folio folio) {
    return store.pageCache().cursor(new PageRange(folio.index(), folio.pageCount()));
  }

  // ------------------------------------------------------------ out

  /**
   * Takes out every page of a range that is there while it passes. A huge page that is partly in
   * the range becomes small pages; where that is not possible its part is zeroed and stays.
   */
  void removeAll(PageRange range) {
    long index = firstEntry(range);
    while (index >= 0) {
      long next = index + 1;
      Folio folio = lockAt(index);
      if (folio != null) {
        next = folio.index() + folio.pageCount();
        try {
          removeOrCut(folio, range);
        } finally {
          release(folio);
        }
      }
      index = next < range.endIndex() ? firstEntry(PageRange.between(next, range.endIndex())) : -1;
    }
  }

  private long firstEntry(PageRange range) {
    FirstEntry first = new FirstEntry();
    store.pageCache().scan(range, first);
    return first.index;
  }

  /** Finds the first entry. */
  private static final class FirstEntry implements PageCache.EntryVisitor {
    private long index = -1;

    @Override
    public boolean visit(long met, PageCacheEntry entry) {
      index = met;
      return false;
    }
  }

  private void removeOrCut(Folio folio, PageRange range) {
    long from = Math.max(folio.index(), range.firstIndex());
    long to = Math.min(folio.index() + folio.pageCount(), range.endIndex());
    if (to - from == folio.pageCount()) {
      remove(folio);
    } else if (!cut(folio, PageRange.between(from, to)) && folio.isUpToDate()) {
      folio.markDirty();
      for (long index = from; index < to; index++) {
        folio.clearPage((int) (index - folio.index()));
      }
    }
  }

  /** Takes a locked folio out; the caller keeps its lock and reference. */
  void remove(Folio folio) {
    unmap(folio);
    PageCacheCursor cursor = cursorOver(folio);
    cursor.lock();
    for (long index = folio.index(); index < folio.index() + folio.pageCount(); index++) {
      cursor.erase(index);
    }
    cursor.releaseNodes();
    cursor.adjustPresentPages(-folio.pageCount());
    cursor.unlock();
    folio.detach();
    folio.put(folio.pageCount()); // the page cache's
    store.operations().uncharge(folio.pageCount());
  }

  /** Removes every translation to a locked folio; none can come while it is locked. */
  private void unmap(Folio folio) {
    if (folio.mapCount() > 0) {
      TlbBatch batch = store.newTlbBatch();
      store.reverseMap().unmap(folio, batch);
      batch.flush();
    }
  }

  // ------------------------------------------------------------ small again

  /**
   * Replaces a huge page by copies of its pages but some.
   *
   * @param hole the pages that are to go
   * @return false, and nothing changed, if somebody else uses it or there is no memory
   */
  private boolean cut(Folio huge, PageRange hole) {
    unmap(huge);
    int pageCacheAndOurs = huge.pageCount() + 1;
    if (huge.references() != pageCacheAndOurs || huge.isPoisoned()) {
      return false;
    }
    List<Folio> copies = new ArrayList<>();
    boolean complete = copy(huge, hole, copies);
    if (complete) {
      replace(huge, copies);
      store.operations().uncharge(hole.pageCount());
    }
    copies.forEach(copy -> copy.put(1)); // the allocation's
    return complete;
  }

  private boolean copy(Folio huge, PageRange hole, List<Folio> copies) {
    for (int page = 0; page < huge.pageCount(); page++) {
      long index = huge.index() + page;
      if (hole.contains(index)) {
        continue;
      }
      if (!(store.folios().allocate(0, null) instanceof Allocation.Allocated allocated)) {
        return false;
      }
      Folio copy = allocated.folio();
      copies.add(copy);
      if (huge.isUpToDate()) {
        if (!copy.copyPage(0, huge, page)) {
          return false;
        }
        copy.markUpToDate();
      }
      copy.markDirty();
      copy.attach(store, index);
    }
    return true;
  }

  private void replace(Folio huge, List<Folio> copies) {
    PageCacheCursor cursor = cursorOver(huge);
    cursor.lock();
    for (long index = huge.index(); index < huge.index() + huge.pageCount(); index++) {
      long at = index;
      Folio copy =
          copies.stream().filter(candidate -> candidate.index() == at).findFirst().orElse(null);
      if (copy == null) {
        cursor.erase(index);
      } else {
        copy.get(1); // the page cache's
        copy.addToLru();
        cursor.store(index, copy);
      }
    }
    cursor.adjustPresentPages(copies.size() - (long) huge.pageCount());
    cursor.unlock();
    huge.detach();
    huge.put(huge.pageCount()); // the page cache's
  }

  // ------------------------------------------------------------ content

  /** Makes the content of a locked folio valid: false if it is lost. */
  static boolean bringUpToDate(Folio folio) {
    if (folio.isPoisoned()) {
      return false;
    }
    if (!folio.isUpToDate()) {
      for (int page = 0; page < folio.pageCount(); page++) {
        folio.clearPage(page);
      }
      folio.markUpToDate();
      folio.markDirty();
    }
    return true;
  }
}
