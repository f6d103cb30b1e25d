/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
import org.mm4j.Seal;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheEntry;

/**
 * Allocates the pages of a range without content ({@code fallocate} with mode 0). If it fails, it
 * takes out again what it added, except for pages that somebody touched meanwhile.
 */
final class Preallocation {
  private static final String CALL = "fallocate";

  private final ShmemInode inode;
  private final PageRange pages;

  /** The pages that this call added, relative to the first one of the range. */
  private final BitSet added = new BitSet();

  private Preallocation(ShmemInode inode, PageRange pages) {
    this.inode = inode;
    this.pages = pages;
  }

  /** Allocates; takes the inode lock. */
  static void allocate(ShmemInode inode, long offsetBytes, long lengthBytes) {
    FileRange range = FileRange.of(CALL, offsetBytes, lengthBytes);
    inode.inodeLock().lock();
    try {
      boolean grows = range.end() > inode.sizeBytes();
      inode.sealing().check(grows, Seal.GROW, CALL, offsetBytes);
      new Preallocation(inode, range.touchedPages()).run();
      if (grows) {
        inode.setSizeBytes(range.end());
      }
    } finally {
      inode.inodeLock().unlock();
    }
  }

  private void run() {
    // As in Linux, pages that are there already do not make more fit.
    if (pages.pageCount() > inode.charge().greatestPages()) {
      throw refused(Errno.ENOSPC, "more pages than the limit permits", pages.pageCount());
    }
    if (pages.pageCount() > Integer.MAX_VALUE) {
      throw refused(Errno.ENOMEM, "more pages than any memory has", pages.pageCount());
    }
    boolean complete = false;
    try {
      long index = pages.firstIndex();
      while (index < pages.endIndex()) {
        index = allocateAt(index);
      }
      complete = true;
    } finally {
      if (!complete) {
        removeAdded();
      }
    }
  }

  /** Makes sure that there is a page at an index, and returns the index to go on from. */
  private long allocateAt(long index) {
    while (true) {
      long end = endOfPresent(index);
      if (end > index) {
        return end;
      }
      PageSupply.@Nullable Refusal refusal = add(index);
      if (refusal == null) {
        return index + 1;
      }
      switch (refusal) {
        case EXISTS -> {} // look again
        case NO_SPACE -> throw refused(Errno.ENOSPC, "a limit is reached", index);
        case NO_MEMORY -> throw refused(Errno.ENOMEM, "there is no memory", index);
      }
    }
  }

  /**
   * Returns the index after the entry at an index, or the index if there is none. A page that an
   * earlier call allocated and nobody wrote becomes data, as in Linux: its content is asked for a
   * second time.
   */
  private long endOfPresent(long index) {
    PageCacheEntry entry = inode.pages().lockAt(index);
    if (entry instanceof Folio folio) {
      try {
        InodePages.bringUpToDate(folio);
        return InodePages.endOf(folio, index);
      } finally {
        InodePages.release(folio);
      }
    }
    return entry == null ? index : index + 1;
  }

  private PageSupply.@Nullable Refusal add(long index) {
    switch (inode.pages().supply(index, null, PageContent.NONE)) {
      case PageSupply.Supplied supplied -> {
        InodePages.release(supplied.folio());
        added.set((int) (index - pages.firstIndex()));
        return null;
      }
      case PageSupply.Refusal refusal -> {
        return refusal;
      }
    }
  }

  private void removeAdded() {
    for (int i = added.nextSetBit(0); i >= 0; i = added.nextSetBit(i + 1)) {
      if (inode.pages().lockAt(pages.firstIndex() + i) instanceof Folio folio) {
        try {
          if (!folio.isUpToDate()) {
            inode.pages().remove(folio);
          }
        } finally {
          InodePages.release(folio);
        }
      }
    }
  }

  private MemoryException refused(Errno errno, String reason, long value) {
    return new MemoryException(errno, CALL, value, reason);
  }
}
