/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A page or a huge page of memory: {@code 2^order} frames in a row with one reference count, one
 * lock, one place in one file.
 *
 * <p>Life:
 *
 * <pre>{@code
 * allocate (1 reference, not up to date)
 *    --attach--> in a mapping, --store--> in its page cache (one reference per page)
 *    --detach--> out of it  --last put--> frames free
 * }</pre>
 *
 * <p>References: one per page from the page cache, one per translation, one from isolation, one per
 * holder who called {@link #tryGet} or got it from a lookup. All methods are thread-safe; those
 * that need the folio lock say so.
 */
public non-sealed interface Folio extends PageCacheEntry {
  /** Returns the binary logarithm of its pages. */
  int order();

  /** Returns how many pages it has. */
  default int pageCount() {
    return 1 << order();
  }

  /** Returns the number of its first frame. */
  long frame();

  /**
   * Returns the index of its first page in its file; meaningful while {@link #mapping()} is not
   * null.
   */
  long index();

  /**
   * Returns the file it belongs to, or null. Read without a lock: check again after {@link
   * #tryLock}.
   */
  @Nullable Mapping mapping();

  /** Makes it belong to a file. For its only holder, before it is stored. */
  void attach(Mapping mapping, long index);

  /**
   * Makes it belong to no file. For the holder of its lock, after it was taken out of the page
   * cache.
   */
  void detach();

  /** Acquires the folio lock if it is free. */
  boolean tryLock();

  /** Acquires the folio lock. */
  void lock();

  /** Releases the folio lock; any thread may. */
  void unlock();

  /** Returns whether somebody holds the folio lock. */
  boolean isLocked();

  /** Takes a reference unless there is none left or it is frozen. */
  boolean tryGet();

  /** Takes references; the caller holds one already. */
  void get(int references);

  /** Gives references back; the last one frees the frames. */
  void put(int references);

  /** Returns the number of references; 0 while frozen. */
  int references();

  /**
   * Sets the reference count from exactly {@code expected} to 0, so that nobody can take a
   * reference (the strategies before Linux 6.4).
   */
  boolean freeze(int expected);

  /** Sets the reference count of a frozen folio. */
  void unfreeze(int references);

  /** Returns how many translations lead to it: one per page-table entry, one per huge entry. */
  int mapCount();

  /** Returns whether its content is valid; a fallocated page that nobody touched is not. */
  boolean isUpToDate();

  /** Says that its content is valid, after all stores of the content. */
  void markUpToDate();

  /** Says that its content must not be lost. */
  void markDirty();

  /** Returns whether its content must not be lost. */
  boolean isDirty();

  /** Returns whether it is on the LRU. */
  boolean isOnLru();

  /** Puts a new folio on the LRU, without a reference. */
  void addToLru();

  /** Takes it off the LRU with one reference; false if it is not there. */
  boolean isolate();

  /** Puts it back on the LRU and gives the isolation's reference back. */
  void putBack();

  /**
   * Copies one page, both folios being held.
   *
   * @param toPage the page of this folio, 0 to {@code pageCount() - 1}
   * @param from the source
   * @param fromPage the page of the source
   * @return false if the source is poisoned; then this page's content is undefined
   */
  boolean copyPage(int toPage, Folio from, int fromPage);

  /** Zeroes one page. */
  void clearPage(int page);

  /**
   * Returns the content of one page, {@link org.mm4j.Pages#SIZE_BYTES} long. Valid while the caller
   * holds a reference.
   */
  MemorySegment data(int page);

  /** Marks its content as unreadable, as a machine check would. */
  void markPoisoned();

  /** Returns whether {@link #markPoisoned} was called. */
  boolean isPoisoned();
}
