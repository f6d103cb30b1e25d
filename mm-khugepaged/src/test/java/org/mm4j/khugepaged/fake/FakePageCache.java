/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.mm4j.PageRange;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.Placeholder;

/** Slots in a sorted map, and one lock that knows whether it is held. */
public class FakePageCache implements PageCache {
  final NavigableMap<Long, PageCacheEntry> slots = new TreeMap<>();

  /** How often a placeholder can be stored before memory is out. */
  public int placeholdersLeft = Integer.MAX_VALUE;

  /** Whether there is memory for nodes. */
  public boolean nodesAvailable = true;

  /** Runs at each scan, before it. */
  public Runnable beforeScan = () -> {};

  long presentPages;
  private boolean locked;

  /** What is in a slot, without a reference. */
  public PageCacheEntry at(long index) {
    return slots.get(index);
  }

  @Override
  public PageCacheEntry lookup(long index) {
    PageCacheEntry entry = slots.get(index);
    require(!(entry instanceof Placeholder), "a reader would wait for ever");
    if (entry instanceof Folio folio) {
      require(folio.tryGet(), "a reader would wait for ever");
    }
    return entry;
  }

  @Override
  public void scan(PageRange range, EntryVisitor visitor) {
    beforeScan.run();
    PageCacheEntry last = null;
    for (long index = range.firstIndex(); index < range.endIndex(); index++) {
      PageCacheEntry entry = slots.get(index);
      if (entry == null || entry.equals(last)) {
        continue;
      }
      last = entry;
      Folio folio = entry instanceof Folio f ? f : null;
      if (folio != null) {
        require(folio.tryGet(), "a reader would wait for ever");
      }
      try {
        if (!visitor.visit(index, entry)) {
          return;
        }
      } finally {
        if (folio != null) {
          folio.put(1);
        }
      }
    }
  }

  @Override
  public Cursor cursor(PageRange range) {
    return new Cursor(range);
  }

  @Override
  public long presentPages() {
    return presentPages;
  }

  boolean isLocked() {
    return locked;
  }

  List<String> book() {
    List<String> book = new ArrayList<>();
    slots.forEach(
        (index, entry) ->
            book.add(
                "slot "
                    + index
                    + ": "
                    + (entry instanceof FakeFolio folio ? "frame " + folio.frame() : entry)));
    book.add("present pages " + presentPages);
    book.add("page cache " + (locked ? "locked" : "unlocked"));
    return book;
  }

  static void require(boolean condition, String complaint) {
    if (!condition) {
      throw new AssertionError(complaint);
    }
  }

  /** A cursor that complains when its lock is not held. */
  public class Cursor implements PageCacheCursor {
    private final PageRange range;
    private boolean mine;

    Cursor(PageRange range) {
      this.range = range;
    }

    @Override
    public void lock() {
      require(!locked, "page cache locked twice by one thread");
      locked = true;
      mine = true;
    }

    @Override
    public void unlock() {
      requireLock();
      require(!slots.containsValue(Placeholder.INSTANCE), "placeholder left behind");
      locked = false;
      mine = false;
    }

    @Override
    public boolean isLocked() {
      return mine;
    }

    @Override
    public boolean reserveNodes() {
      requireLock();
      return nodesAvailable;
    }

    @Override
    public PageCacheEntry load(long index) {
      requireLock();
      require(range.contains(index), index + " is outside of " + range);
      return slots.get(index);
    }

    @Override
    public boolean anyEntry(long firstIndex, long lastIndexInclusive) {
      requireLock();
      return !slots.subMap(firstIndex, true, lastIndexInclusive, true).isEmpty();
    }

    @Override
    public void store(long index, Folio folio) {
      requireLock();
      slots.put(index, folio);
    }

    @Override
    public boolean storePlaceholder(long index) {
      requireLock();
      require(!slots.containsKey(index), "placeholder over an entry");
      if (placeholdersLeft == 0) {
        return false;
      }
      placeholdersLeft--;
      slots.put(index, Placeholder.INSTANCE);
      return true;
    }

    @Override
    public void erase(long index) {
      requireLock();
      slots.remove(index);
    }

    @Override
    public void storeWhole(Folio folio) {
      requireLock();
      for (long index = folio.index(); index < folio.index() + folio.pageCount(); index++) {
        slots.put(index, folio);
      }
    }

    @Override
    public void adjustPresentPages(long delta) {
      requireLock();
      presentPages += delta;
    }

    private void requireLock() {
      if (!mine) {
        throw new IllegalStateException("the page cache is not locked by this cursor");
      }
    }
  }
}
