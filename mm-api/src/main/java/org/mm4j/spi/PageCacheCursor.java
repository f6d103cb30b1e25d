/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.jspecify.annotations.Nullable;

/**
 * A position in a page cache that can hold its lock (Linux: {@code xa_state}). Owned by one thread.
 *
 * <p>Every access restarts from the root, so a cursor cannot be stale. Unless a method says
 * otherwise the lock must be held: {@link IllegalStateException} if not. Holding it, no other lock
 * may be acquired.
 */
public interface PageCacheCursor {
  /** Acquires the page-cache lock (rank PAGE_CACHE); not held before. */
  void lock();

  /** Releases the page-cache lock. */
  void unlock();

  /** Returns whether this cursor holds the lock; callable always. */
  boolean isLocked();

  /**
   * Makes the nodes that the cursor's range needs, so that stores in it need no memory. The lock is
   * held before and after, but may be dropped and taken again meanwhile.
   *
   * @return false if there is no memory; what was made stays
   */
  boolean reserveNodes();

  /**
   * Frees the nodes in the cursor's range that hold nothing, such as those of {@link #reserveNodes}
   * that a failed collapse leaves. A page cache that keeps no nodes does nothing.
   */
  default void releaseNodes() {}

  /** Returns the entry at an index, without taking a reference; null is a hole. */
  @Nullable PageCacheEntry load(long index);

  /** Returns whether any index of a closed interval has an entry. */
  boolean anyEntry(long firstIndex, long lastIndexInclusive);

  /** Stores a folio in one slot, whatever its order; the strategies before Linux 6.4 do that. */
  void store(long index, Folio folio);

  /**
   * Stores a placeholder in an empty slot.
   *
   * @return false if there is no memory; the slot stays empty
   */
  boolean storePlaceholder(long index);

  /** Empties a slot. */
  void erase(long index);

  /** Stores a folio at its index in one entry of its order, over whatever is there. */
  void storeWhole(Folio folio);

  /** Adds to the number of present pages; stores and erasures do not change it by themselves. */
  void adjustPresentPages(long delta);
}
