/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
import org.mm4j.core.xarray.NodeAllocator;
import org.mm4j.core.xarray.XArray;
import org.mm4j.core.xarray.XArrayCursor;
import org.mm4j.core.xarray.XArrayScan;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MemoryAudit.SlotBook;
import org.mm4j.spi.MemoryAudit.SlotKind;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.Placeholder;
import org.mm4j.spi.SwapEntry;
import org.mm4j.sync.Counter;
import org.mm4j.sync.Sync;

/**
 * The page cache of one file (Linux: {@code i_pages} of {@code struct address_space}).
 *
 * <p>Thread-safe. A lookup takes no lock and allocates nothing. The operations here that change the
 * cache take the page-cache lock for themselves, take or drop the cache's references (one per page)
 * and keep {@link #presentPages}; each is one change for whoever holds the lock. None of them
 * attaches or detaches a folio, and none charges.
 */
@SuppressWarnings("ReferenceEquality") // the question is always whether it is this very folio
public final class XArrayPageCache implements PageCache {
  private final XArray<PageCacheEntry> entries;
  private final Counter present = new Counter();

  /**
   * Creates an empty cache.
   *
   * @param name the name of the file
   * @param chunkShift the binary logarithm of the slots of a tree node, 1 to 6; Linux has 6
   */
  public XArrayPageCache(String name, int chunkShift) {
    this(name, chunkShift, NodeAllocator.HEAP);
  }

  /** Creates an empty cache whose tree nodes come from somewhere else. */
  public XArrayPageCache(String name, int chunkShift, NodeAllocator allocator) {
    this.entries = new XArray<>("page cache of " + name, chunkShift, allocator);
  }

  // ---------------------------------------------------------------- no lock

  @Override
  public @Nullable PageCacheEntry lookup(long index) {
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      Object met = entries.peek(index);
      if (met == null) {
        return null;
      }
      if (met instanceof Folio folio) {
        if (!folio.tryGet()) {
          continue; // on its way out, or frozen
        }
        if (entries.peek(index) == folio) {
          return folio;
        }
        folio.put(1); // it left between the two looks, and may belong to another file by now
      } else if (met != Placeholder.INSTANCE) {
        return (PageCacheEntry) met;
      }
    }
  }

  @Override
  public @Nullable PageCacheEntry glance(long index) {
    return (PageCacheEntry) entries.peek(index);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // an equal entry may be another one
  public void scan(PageRange range, EntryVisitor visitor) {
    if (range.pageCount() == 0) {
      return;
    }
    XArrayScan<PageCacheEntry> scan = entries.scan(range.firstIndex(), range.endIndex() - 1);
    long seenUpTo = 0; // a large folio is seen once, also while it sits in single slots
    while (scan.next()) {
      long index = scan.index();
      if (index < seenUpTo) {
        continue;
      }
      PageCacheEntry entry = lookup(index);
      if (entry != scan.entry()) {
        scan.continueAt(index + 1); // a large one was cut up: its other pages are yet to be seen
      }
      if (entry instanceof Folio folio) {
        seenUpTo = (index | folio.pageCount() - 1) + 1;
        try {
          if (!visitor.visit(index, folio)) {
            return;
          }
        } finally {
          folio.put(1);
        }
      } else if (entry != null && !visitor.visit(index, entry)) {
        return;
      }
    }
  }

  @Override
  public long presentPages() {
    return present.get();
  }

  // ---------------------------------------------------------------- takes the lock

  @Override
  public PageCacheCursor cursor(PageRange range) {
    return new LockedRange(entries.cursor(), present, range);
  }

  /**
   * Adds a folio at its index and takes the cache's references.
   *
   * @param folio attached to the file, in no cache yet
   * @return false if an index of it has an entry; nothing changed
   * @throws MemoryException ENOMEM if there is no memory for a tree node; nothing changed
   */
  public boolean add(Folio folio) {
    XArrayCursor<PageCacheEntry> cursor = entries.cursor();
    return withReferences(
        folio,
        () -> !cursor.anyEntry(folio.index(), lastIndex(folio)) && storeWhole(cursor, folio),
        cursor);
  }

  /**
   * Puts a folio in the place of the swapped page it was read from, and takes the cache's
   * references.
   *
   * @param expected the entry at the folio's index, of the folio's order
   * @return false if the entry is not there any more; nothing changed
   */
  public boolean swapIn(SwapEntry expected, Folio folio) {
    requireSameOrder(expected, folio);
    XArrayCursor<PageCacheEntry> cursor = entries.cursor();
    return withReferences(
        folio,
        () -> expected.equals(cursor.load(folio.index())) && storeWhole(cursor, folio),
        cursor);
  }

  /** Runs a change that stores a folio, under the lock, with the references it needs. */
  private boolean withReferences(
      Folio folio, BooleanSupplier change, XArrayCursor<PageCacheEntry> cursor) {
    folio.get(folio.pageCount());
    boolean stored = false;
    cursor.lock();
    try {
      stored = change.getAsBoolean();
      if (stored) {
        present.add(folio.pageCount());
      }
    } finally {
      cursor.unlock();
      if (!stored) {
        folio.put(folio.pageCount());
      }
    }
    return stored;
  }

  /**
   * Takes a folio out, from all its indices, and drops the cache's references. The caller detaches
   * it, and must hold a reference of its own.
   *
   * @param folio locked by the caller
   * @return false if it is not in the cache; nothing changed
   */
  public boolean remove(Folio folio) {
    requireLocked(folio);
    boolean removed = false;
    XArrayCursor<PageCacheEntry> cursor = entries.cursor();
    cursor.lock();
    try {
      long last = lastIndex(folio);
      long at = folio.index();
      while ((at = cursor.nextOccupied(at, last)) != XArrayCursor.NONE) {
        if (cursor.load(at) == folio) {
          cursor.erase(at);
          removed = true;
        }
        at++;
      }
      if (removed) {
        present.add(-folio.pageCount());
      }
    } finally {
      cursor.unlock();
    }
    if (removed) {
      folio.put(folio.pageCount());
    }
    return removed;
  }

  /**
   * Puts a swapped page in the place of a folio and drops the cache's references. The caller
   * detaches the folio, and must hold a reference of its own.
   *
   * @param folio locked by the caller
   * @param swap where its content is, of the folio's order
   * @return false if the folio is not in the cache; nothing changed
   */
  public boolean swapOut(Folio folio, SwapEntry swap) {
    requireLocked(folio);
    requireSameOrder(swap, folio);
    XArrayCursor<PageCacheEntry> cursor = entries.cursor();
    cursor.lock();
    try {
      if (cursor.load(folio.index()) != folio) {
        return false;
      }
      require(cursor.store(folio.index(), folio.order(), swap), folio.index());
      present.add(-folio.pageCount());
    } finally {
      cursor.unlock();
    }
    folio.put(folio.pageCount());
    return true;
  }

  /**
   * Takes a swapped page out.
   *
   * @return false if another entry is there; nothing changed
   */
  public boolean eraseSwap(long index, SwapEntry expected) {
    XArrayCursor<PageCacheEntry> cursor = entries.cursor();
    cursor.lock();
    try {
      if (!expected.equals(cursor.load(index))) {
        return false;
      }
      cursor.erase(index);
      return true;
    } finally {
      cursor.unlock();
    }
  }

  /**
   * Puts smaller folios, or holes, in the place of a large folio that nobody else holds. Each index
   * shows either the large folio or what replaces it; a lookup that meets the large one waits.
   *
   * @param large locked by the caller
   * @param references all that it has: one per page from this cache, and the caller's
   * @param cut called with the page-cache lock held when nothing can fail any more: gives the
   *     references of the frozen folio up for good, and returns attached folios within its indices,
   *     of which the cache takes references of its own
   * @return false if the large folio is not in the cache in one entry, if it has other references,
   *     or if there is no memory for tree nodes; nothing changed
   */
  public boolean replaceLarge(
      Folio large, int references, Supplier<? extends List<? extends Folio>> cut) {
    requireLocked(large);
    XArrayCursor<PageCacheEntry> cursor = entries.cursor();
    cursor.lock();
    try {
      long first = large.index();
      if (cursor.load(first) != large
          || cursor.order(first) != large.order()
          || !large.freeze(references)) {
        return false;
      }
      if (large.order() > 0 && !cursor.split(first, large.order(), 0)) {
        large.unfreeze(references);
        return false;
      }
      List<? extends Folio> parts = cut.get();
      storeParts(cursor, parts);
      eraseEach(cursor, first, large);
      present.add(parts.stream().mapToLong(Folio::pageCount).sum() - large.pageCount());
      return true;
    } finally {
      cursor.unlock();
    }
  }

  /** The parts come first: as long as there is an entry in a node, the node stays. */
  private static void storeParts(XArrayCursor<PageCacheEntry> cursor, List<? extends Folio> parts) {
    for (Folio part : parts) {
      part.get(part.pageCount());
      storeWhole(cursor, part);
    }
  }

  private static void eraseEach(XArrayCursor<PageCacheEntry> cursor, long first, Folio large) {
    for (long index = first; index < first + large.pageCount(); index++) {
      if (cursor.load(index) == large) {
        cursor.erase(index);
      }
    }
  }

  /** Frees tree nodes that a collapse reserved in a range and did not use. */
  public void trim(PageRange range) {
    if (range.pageCount() == 0) {
      return;
    }
    XArrayCursor<PageCacheEntry> cursor = entries.cursor();
    cursor.lock();
    try {
      cursor.prune(range.firstIndex(), range.endIndex() - 1);
    } finally {
      cursor.unlock();
    }
  }

  /** Returns an estimate of the memory of the tree nodes in bytes. */
  public long metadataBytes() {
    return entries.metadataBytes();
  }

  /** Returns the entries in index order, one per index, as they are at one moment. */
  public List<SlotBook> auditSlots() {
    List<SlotBook> books = new ArrayList<>();
    XArrayCursor<PageCacheEntry> cursor = entries.cursor();
    cursor.lock();
    try {
      long at = 0;
      while ((at = cursor.nextOccupied(at, PageRange.INDEX_COUNT - 1)) != XArrayCursor.NONE) {
        books.add(book(at, cursor.peek(at)));
        at++;
      }
    } finally {
      cursor.unlock();
    }
    return books;
  }

  private static SlotBook book(long index, @Nullable Object entry) {
    if (entry instanceof Folio folio) {
      return new SlotBook(index, folio.frame(), SlotKind.FOLIO);
    }
    return new SlotBook(
        index, -1, entry instanceof SwapEntry ? SlotKind.SWAP : SlotKind.PLACEHOLDER);
  }

  @Override
  public String toString() {
    return entries.toString();
  }

  private static boolean storeWhole(XArrayCursor<PageCacheEntry> cursor, Folio folio) {
    require(cursor.store(folio.index(), folio.order(), folio), folio.index());
    return true;
  }

  static void require(boolean stored, long index) {
    if (!stored) {
      throw new MemoryException(Errno.ENOMEM, "page cache", index, "no memory for a tree node");
    }
  }

  private static long lastIndex(Folio folio) {
    return folio.index() + folio.pageCount() - 1;
  }

  private static void requireLocked(Folio folio) {
    if (!folio.isLocked()) {
      throw new IllegalStateException("the folio at index " + folio.index() + " is not locked");
    }
  }

  private static void requireSameOrder(SwapEntry swap, Folio folio) {
    if (swap.order() != folio.order()) {
      throw new IllegalArgumentException(swap + " for a folio of order " + folio.order());
    }
  }
}
