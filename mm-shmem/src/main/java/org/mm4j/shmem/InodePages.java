/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.mm4j.MemoryException;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.SwapEntry;
import org.mm4j.spi.TlbBatch;
import org.mm4j.sync.Sync;

/**
 * The pages of one file: finds, adds and takes out single ones, and keeps slots, references, the
 * number of present pages and the charge in step.
 *
 * <p>A page is locked before it is stored, so whoever finds it waits until its maker is done with
 * it. Methods take folio and page-cache locks; no page-cache lock is held.
 */
final class InodePages {
  private final ShmemInode inode;

  InodePages(ShmemInode inode) {
    this.inode = inode;
  }

  /** Returns the index after the last page of a folio met at an index: folios are aligned. */
  static long endOf(Folio folio, long index) {
    long pageCount = folio.pageCount();
    return (index & -pageCount) + pageCount;
  }

  /** Returns which page of a folio is at an index. */
  static int pageOf(Folio folio, long index) {
    return (int) (index & (folio.pageCount() - 1));
  }

  /**
   * Returns what is at an index; a folio is locked, referenced for the caller, and still there.
   * Waits for the folio lock.
   *
   * @return null for a hole
   */
  @Nullable PageCacheEntry lockAt(long index) {
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      PageCacheEntry entry = inode.pageCache().lookup(index);
      if (!(entry instanceof Folio folio)) {
        return entry;
      }
      folio.lock();
      if (has(folio, index)) {
        return folio;
      }
      // Truncated or collapsed while we waited; another folio, or none, is there now.
      release(folio);
    }
  }

  private boolean has(Folio folio, long index) {
    return folio.mapping() == inode
        && index >= folio.index()
        && index < folio.index() + folio.pageCount();
  }

  /** Unlocks a folio and gives the caller's reference back. */
  static void release(Folio folio) {
    folio.unlock();
    folio.put(1);
  }

  // ------------------------------------------------------------ adding

  /**
   * Puts a new page into a hole: charges, allocates, writes the content, stores, in this order. On
   * refusal, and when the content throws, everything is given back.
   *
   * @param account the address space to charge, or null for none
   */
  PageSupply supply(long index, @Nullable MemoryDescriptor account, PageContent content) {
    if (!inode.charge().charge(1)) {
      return PageSupply.Refusal.NO_SPACE;
    }
    boolean supplied = false;
    try {
      PageSupply supply = allocateAndAdd(index, account, content);
      supplied = supply instanceof PageSupply.Supplied;
      return supply;
    } finally {
      if (!supplied) {
        inode.charge().uncharge(1);
      }
    }
  }

  private PageSupply allocateAndAdd(
      long index, @Nullable MemoryDescriptor account, PageContent content) {
    Allocation allocation = inode.kernel().folios().allocate(0, account);
    if (!(allocation instanceof Allocation.Allocated allocated)) {
      return PageSupply.Refusal.NO_MEMORY;
    }
    Folio folio = allocated.folio();
    boolean added = false;
    try {
      if (content.write(folio)) {
        folio.markUpToDate();
      }
      folio.markDirty();
      PageSupply.Refusal refusal = add(folio, index);
      if (refusal != null) {
        return refusal;
      }
      added = true;
      return new PageSupply.Supplied(folio);
    } finally {
      if (!added) {
        folio.put(1);
      }
    }
  }

  /** Stores a new folio; it is locked if that went well, otherwise as it was. */
  private PageSupply.@Nullable Refusal add(Folio folio, long index) {
    folio.lock();
    folio.attach(inode, index);
    PageSupply.Refusal refusal = store(folio);
    if (refusal != null) {
      folio.detach();
      folio.unlock();
      return refusal;
    }
    folio.addToLru();
    return null;
  }

  private PageSupply.@Nullable Refusal store(Folio folio) {
    try {
      return inode.pageCache().add(folio) ? null : PageSupply.Refusal.EXISTS;
    } catch (MemoryException e) {
      return PageSupply.Refusal.NO_MEMORY; // no tree node
    }
  }

  // ------------------------------------------------------------ taking out

  /**
   * Takes a folio out of the file: unmaps it, empties its slots, gives the cache's references and
   * the charge back. The folio is locked, in the file, and stays referenced by the caller.
   */
  void remove(Folio folio) {
    unmap(folio);
    if (!inode.pageCache().remove(folio)) {
      throw new IllegalStateException("not in the page cache: " + folio);
    }
    folio.detach();
    inode.charge().uncharge(folio.pageCount());
  }

  /** Removes every translation to a locked folio; none can come while it is locked. */
  void unmap(Folio folio) {
    if (folio.mapCount() > 0) {
      TlbBatch batch = inode.kernel().newTlbBatch();
      inode.reverseMap().unmap(folio, batch);
      batch.flush();
    }
  }

  /** Takes a swapped page out of the file unless it is gone already. */
  void removeSwapped(long index, SwapEntry swapped) {
    if (inode.pageCache().eraseSwap(index, swapped)) {
      inode.charge().uncharge(1L << swapped.order());
    }
  }

  // ------------------------------------------------------------ content

  /**
   * Makes the content of a locked folio valid: one that was only fallocated becomes zeros.
   *
   * @return false if it is poisoned: its content is lost, and must not become zeros
   */
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

  /** Returns the content of the page at an index for writing to it; the folio is locked. */
  static MemorySegment writable(Folio folio, long index) {
    int page = pageOf(folio, index);
    Sync.content(Sync.ContentAccess.WRITE, folio.frame() + page);
    folio.markDirty();
    return folio.data(page);
  }
}
