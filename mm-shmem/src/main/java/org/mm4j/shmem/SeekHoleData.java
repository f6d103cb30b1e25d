/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import java.util.OptionalLong;
import org.mm4j.PageRange;
import org.mm4j.Pages;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.SwapEntry;

/**
 * Looks for data or a hole ({@code SEEK_DATA}, {@code SEEK_HOLE}): data is an up-to-date page, a
 * poisoned or a swapped one; a fallocated page that nobody touched counts as a hole.
 */
final class SeekHoleData implements PageCache.EntryVisitor {
  private final boolean wantsData;

  /** The first index that was not looked at yet, and so far everything before it was unwanted. */
  private long next;

  private boolean found;

  private SeekHoleData(boolean wantsData, long first) {
    this.wantsData = wantsData;
    this.next = first;
  }

  /** Returns the first byte of data at or after an offset; takes the inode lock. */
  static OptionalLong data(ShmemInode inode, long offsetBytes) {
    return seek(inode, offsetBytes, true);
  }

  /** Returns the first byte of a hole at or after an offset; takes the inode lock. */
  static OptionalLong hole(ShmemInode inode, long offsetBytes) {
    return seek(inode, offsetBytes, false);
  }

  private static OptionalLong seek(ShmemInode inode, long offsetBytes, boolean wantsData) {
    inode.inodeLock().lock();
    try {
      long size = inode.sizeBytes();
      if (offsetBytes < 0 || offsetBytes >= size) {
        return OptionalLong.empty();
      }
      long first = offsetBytes >>> Pages.SHIFT;
      SeekHoleData seek = new SeekHoleData(wantsData, first);
      inode.pageCache().scan(PageRange.between(first, inode.endIndex()), seek);
      return seek.result(offsetBytes, size, inode.endIndex());
    } finally {
      inode.inodeLock().unlock();
    }
  }

  @Override
  public boolean visit(long index, PageCacheEntry entry) {
    if (!wantsData && index > next) {
      found = true; // the hole before this entry
      return false;
    }
    if (isData(entry) == wantsData) {
      next = Math.max(next, index);
      found = true;
      return false;
    }
    next = entry instanceof Folio folio ? InodePages.endOf(folio, index) : index + 1;
    return true;
  }

  private static boolean isData(PageCacheEntry entry) {
    return switch (entry) {
      // The content of a poisoned page is lost, but it is no hole: it does not read as zeros.
      case Folio folio -> folio.isUpToDate() || folio.isPoisoned();
      case SwapEntry swapped -> true;
      default -> false;
    };
  }

  private OptionalLong result(long offset, long size, long endIndex) {
    if (!found && wantsData) {
      return OptionalLong.empty();
    }
    if (next >= endIndex) {
      return OptionalLong.of(size); // data up to the end, where the last hole is
    }
    return OptionalLong.of(Math.max(offset, next << Pages.SHIFT));
  }
}
