/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.sync;

/**
 * The lock order of mm4j, outermost first: a thread may only acquire a lock whose rank is greater
 * than that of every lock it holds.
 *
 * <p>The names and the order are Linux's ({@code i_rwsem → mmap_lock → invalidate_lock → folio lock
 * → i_mmap_rwsem → page-table lock → i_pages lock}). A backend that checks ranks throws at the
 * first acquisition that breaks the order, whether or not it would have deadlocked that time.
 */
public enum LockRank {
  /**
   * A feature's own outermost lock, such as the daemon's list of address spaces under scan control.
   */
  DAEMON(false),
  /** {@code i_rwsem}: serialises truncate, fallocate, punch hole and write of one file. */
  INODE(false),
  /** {@code mmap_lock}: the VMA tree of one address space. */
  MMAP(false),
  /** {@code invalidate_lock}: excludes faults while a file's pages are taken out. */
  INVALIDATE(false),
  /** The folio lock. Several may be held, taken in ascending index order. */
  FOLIO(true),
  /** {@code i_mmap_rwsem}: who maps a file. */
  REVERSE_MAP(false),
  /** The page-table lock of a directory that holds huge entries ({@code pmd_lock}). */
  DIRECTORY(false),
  /**
   * The page-table lock of one table ({@code ptl}); a table may be locked inside its directory's
   * lock.
   */
  PAGE_TABLE(false),
  /**
   * {@code i_pages} ({@code xa_lock}): the slots of one page cache. Meeting a placeholder ranks
   * here too.
   */
  PAGE_CACHE(false),
  /** The queues of one userfaultfd. */
  USERFAULT(false),
  /** The free lists of the frame allocator. */
  FRAMES(false),
  /** A lock below which nothing else is taken. */
  LEAF(false),
  /**
   * Not a lock: a processor that uses translations. It may acquire nothing at all, which is why
   * whoever flushes may hold any lock.
   */
  INSIDE(false);

  private final boolean nestable;

  LockRank(boolean nestable) {
    this.nestable = nestable;
  }

  /** Returns whether a thread may hold several locks of this rank. */
  public boolean isNestable() {
    return nestable;
  }
}
