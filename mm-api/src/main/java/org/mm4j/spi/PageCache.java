/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.jspecify.annotations.Nullable;
import org.mm4j.PageRange;

/**
 * The pages of one file, by page index.
 *
 * <p>Readers take no lock and see, for each index, either the old or the new entry, never an entry
 * that was not there and never a hole where there is a page. Writers hold the page-cache lock
 * through a cursor. A store of a large folio changes the indices one after the other for lock-free
 * readers.
 */
public interface PageCache {
  /**
   * Returns what is at an index now. Lock-free; waits over placeholders and never returns one.
   *
   * @return null for a hole; a {@link Folio} comes with a reference that the caller gives back
   */
  @Nullable PageCacheEntry lookup(long index);

  /**
   * Returns what is at an index at this moment, a placeholder included, without a reference and
   * without waiting: for monitors that watch a cache from outside, not for its users. The default
   * refuses; a cache that is to be explored has it.
   *
   * @throws UnsupportedOperationException if this cache cannot be watched
   */
  default @Nullable PageCacheEntry glance(long index) {
    throw new UnsupportedOperationException(getClass() + " cannot be watched");
  }

  /**
   * Visits the entries of a range in index order, lock-free, each large folio once. What is stored
   * or erased meanwhile may or may not be seen.
   */
  void scan(PageRange range, EntryVisitor visitor);

  /** Returns a cursor over a range, unlocked. */
  PageCacheCursor cursor(PageRange range);

  /** Returns the number of pages present ({@code nrpages}); swapped ones do not count. */
  long presentPages();

  /** Sees entries in index order. */
  @FunctionalInterface
  interface EntryVisitor {
    /**
     * Sees one entry; a folio is referenced for the time of the call.
     *
     * @param index the index at which it was met
     * @param entry a folio or a swap entry
     * @return whether to go on
     */
    boolean visit(long index, PageCacheEntry entry);
  }
}
