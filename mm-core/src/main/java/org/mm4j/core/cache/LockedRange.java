/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.cache;

import org.jspecify.annotations.Nullable;
import org.mm4j.PageRange;
import org.mm4j.core.xarray.XArrayCursor;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.sync.Counter;

/**
 * The cursor of a page cache. It changes neither references nor, by stores and erasures, the number
 * of present pages.
 *
 * <p>An entry of many indices is one entry: {@link #store} at or {@link #erase} of one of its
 * indices is a store or erasure at all of them, as in Linux.
 */
final class LockedRange implements PageCacheCursor {
  private final XArrayCursor<PageCacheEntry> cursor;
  private final Counter present;
  private final PageRange range;

  LockedRange(XArrayCursor<PageCacheEntry> cursor, Counter present, PageRange range) {
    this.cursor = cursor;
    this.present = present;
    this.range = range;
  }

  @Override
  public void lock() {
    cursor.lock();
  }

  /**
   * Releases the page-cache lock.
   *
   * @throws IllegalStateException if a placeholder is left in the cache; the lock stays held
   */
  @Override
  public void unlock() {
    cursor.unlock();
  }

  @Override
  public boolean isLocked() {
    return cursor.isLocked();
  }

  @Override
  public boolean reserveNodes() {
    return cursor.reserveNodes(range.firstIndex(), range.endIndex() - 1);
  }

  @Override
  public void releaseNodes() {
    cursor.prune(range.firstIndex(), range.endIndex() - 1);
  }

  @Override
  public @Nullable PageCacheEntry load(long index) {
    return (PageCacheEntry) cursor.peek(index);
  }

  @Override
  public boolean anyEntry(long firstIndex, long lastIndexInclusive) {
    return cursor.anyEntry(firstIndex, lastIndexInclusive);
  }

  @Override
  public void store(long index, Folio folio) {
    XArrayPageCache.require(cursor.store(index, 0, folio), index);
  }

  @Override
  public boolean storePlaceholder(long index) {
    return cursor.storePlaceholder(index);
  }

  @Override
  public void erase(long index) {
    cursor.erase(index);
  }

  @Override
  public void storeWhole(Folio folio) {
    XArrayPageCache.require(cursor.store(folio.index(), folio.order(), folio), folio.index());
  }

  @Override
  public void adjustPresentPages(long delta) {
    if (!isLocked()) {
      throw new IllegalStateException("the cursor does not hold the page-cache lock");
    }
    present.add(delta);
  }
}
