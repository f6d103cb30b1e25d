/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import org.mm4j.PageRange;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.SwapEntry;

/**
 * Takes the pages of a range out of a file. A huge page that is partly in the range is cut; where
 * that is not possible, its part of the range is zeroed and stays, as in Linux.
 */
final class PageRemoval {
  private final ShmemInode inode;
  private final PageRange range;

  private PageRemoval(ShmemInode inode, PageRange range) {
    this.inode = inode;
    this.range = range;
  }

  /** Removes the pages of a range that are there while it passes. */
  static void remove(ShmemInode inode, PageRange range) {
    new PageRemoval(inode, range).run();
  }

  /** Removes all pages of a file that nobody uses. */
  static void removeAll(ShmemInode inode) {
    remove(inode, new PageRange(0, PageRange.INDEX_COUNT));
  }

  private void run() {
    FirstEntry first = new FirstEntry();
    long index = range.firstIndex();
    while (index < range.endIndex()) {
      index = first.find(inode.pageCache(), PageRange.between(index, range.endIndex()));
      if (index < 0) {
        return;
      }
      index = removeAt(index);
    }
  }

  /** Removes what is at an index and returns the index to go on from. */
  private long removeAt(long index) {
    PageCacheEntry entry = inode.pages().lockAt(index);
    if (entry instanceof Folio folio) {
      try {
        removeOrCut(folio);
        return folio.index() + folio.pageCount();
      } finally {
        InodePages.release(folio);
      }
    }
    if (entry instanceof SwapEntry swapped) {
      inode.pages().removeSwapped(index, swapped);
    }
    return index + 1;
  }

  private void removeOrCut(Folio folio) {
    long from = Math.max(folio.index(), range.firstIndex());
    long to = Math.min(folio.index() + folio.pageCount(), range.endIndex());
    if (to - from == folio.pageCount()) {
      inode.pages().remove(folio);
    } else if (!FolioCut.cut(inode, folio, PageRange.between(from, to))) {
      zero(folio, from, to);
    }
  }

  private static void zero(Folio folio, long from, long to) {
    if (!folio.isUpToDate()) {
      return;
    }
    folio.markDirty();
    for (long index = from; index < to; index++) {
      folio.clearPage(InodePages.pageOf(folio, index));
    }
  }

  /** Finds the first entry of a range. */
  private static final class FirstEntry implements PageCache.EntryVisitor {
    private long found;

    /** Returns its index, or -1. */
    long find(PageCache pageCache, PageRange range) {
      found = -1;
      pageCache.scan(range, this);
      return found < 0 ? -1 : Math.max(found, range.firstIndex());
    }

    @Override
    public boolean visit(long index, PageCacheEntry entry) {
      found = index;
      return false;
    }
  }
}
