/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import org.mm4j.PageRange;
import org.mm4j.Pages;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.SwapEntry;

/**
 * Takes a range of bytes out of a file: whole pages are removed, and what else is in the range is
 * zeroed. A large folio that is partly in the range is cut at its borders, even if only bytes of
 * one page are in it; where that is not possible, its part of the range is zeroed and stays, as in
 * Linux ({@code shmem_undo_range}).
 */
final class PageRemoval {
  private final ShmemInode inode;
  private final FileRange bytes;
  private final PageRange pages;

  private PageRemoval(ShmemInode inode, FileRange bytes) {
    this.inode = inode;
    this.bytes = bytes;
    this.pages = bytes.wholePages();
  }

  /** Removes what is in a range while it passes. */
  static void remove(ShmemInode inode, FileRange bytes) {
    new PageRemoval(inode, bytes).run();
  }

  /** Removes all pages of a file that nobody uses. */
  static void removeAll(ShmemInode inode) {
    remove(inode, FileRange.from(0));
  }

  private void run() {
    trimAt(bytes.firstIndex());
    if (bytes.lastIndex() != bytes.firstIndex()) {
      trimAt(bytes.lastIndex());
    }
    FirstEntry first = new FirstEntry();
    long index = pages.firstIndex();
    while (index < pages.endIndex()) {
      index = first.find(inode.pageCache(), PageRange.between(index, pages.endIndex()));
      if (index < 0) {
        return;
      }
      index = removeAt(index);
    }
  }

  /** Removes what is at an index, or cuts it, and returns the index to go on from. */
  private long removeAt(long index) {
    PageCacheEntry entry = inode.pages().lockAt(index);
    if (entry instanceof Folio folio) {
      long next = folio.index() + folio.pageCount();
      if (!isWithin(folio)) {
        return trim(folio) ? index : next;
      }
      try {
        inode.pages().remove(folio);
        return next;
      } finally {
        InodePages.release(folio);
      }
    }
    if (entry instanceof SwapEntry swapped) {
      inode.pages().removeSwapped(index, swapped);
    }
    return index + 1;
  }

  private boolean isWithin(Folio folio) {
    return pages.contains(folio.index()) && pages.contains(folio.index() + folio.pageCount() - 1);
  }

  // ------------------------------------------------------------ at the borders

  private void trimAt(long index) {
    if (inode.pages().lockAt(index) instanceof Folio folio) {
      if (isWithin(folio)) {
        InodePages.release(folio);
      } else {
        trim(folio);
      }
    }
  }

  /**
   * Zeroes the pages that are partly in the range, and cuts a large folio, so that its pages in the
   * range can be removed.
   *
   * @param folio locked and referenced, partly in the range; unlocked and given back here
   * @return false if it was not cut: then all that is in the range is zeros
   */
  private boolean trim(Folio folio) {
    long endIndex = folio.index() + folio.pageCount();
    zeroPartly(folio, bytes.firstIndex());
    if (bytes.lastIndex() != bytes.firstIndex()) {
      zeroPartly(folio, bytes.lastIndex());
    }
    if (folio.order() == 0) {
      InodePages.release(folio);
      return true;
    }
    if (!FolioSplit.around(inode, folio, Math.max(folio.index(), bytes.firstIndex()))) {
      zeroWhole(folio);
      InodePages.release(folio);
      return false;
    }
    if (bytes.indexAfter() < endIndex) {
      splitAround(bytes.indexAfter());
    }
    return true;
  }

  /** The part at the other border; it may have left the file, being beyond its end. */
  private void splitAround(long index) {
    if (inode.pages().lockAt(index) instanceof Folio part
        && (part.order() == 0 || !FolioSplit.around(inode, part, index))) {
      InodePages.release(part);
    }
  }

  /** Zeroes what is in the range of a page that is not as a whole. */
  private void zeroPartly(Folio folio, long index) {
    long page = index - folio.index();
    if (page < 0 || page >= folio.pageCount() || pages.contains(index) || !folio.isUpToDate()) {
      return;
    }
    int from = index == bytes.firstIndex() ? (int) (bytes.start() & Pages.OFFSET_MASK) : 0;
    int to =
        index == bytes.indexAfter() ? (int) (bytes.end() & Pages.OFFSET_MASK) : Pages.SIZE_BYTES;
    InodePages.writable(folio, index).asSlice(from, to - from).fill((byte) 0);
  }

  private void zeroWhole(Folio folio) {
    if (!folio.isUpToDate()) {
      return;
    }
    long from = Math.max(folio.index(), pages.firstIndex());
    long to = Math.min(folio.index() + folio.pageCount(), pages.endIndex());
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
