/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.Folio;

/**
 * Cuts pages out of a huge page: the pages that are left are copied into small ones, which take its
 * place in the page cache.
 *
 * <p>It fails, and changes nothing but that the huge page is no longer mapped, if anybody else
 * holds a reference (a pin, an isolation, a reader in passing), if its content is poisoned, or if
 * there is no memory for the copies.
 */
final class FolioCut {
  private final ShmemInode inode;
  private final Folio huge;
  private final PageRange hole;

  /** The copies by page, each with the reference of its allocation; null in the hole. */
  private final @Nullable Folio[] copies;

  private FolioCut(ShmemInode inode, Folio huge, PageRange hole) {
    this.inode = inode;
    this.huge = huge;
    this.hole = hole;
    this.copies = new Folio[huge.pageCount()];
  }

  /**
   * Cuts pages out of a folio.
   *
   * @param huge locked, in the file, referenced once by the caller, who keeps lock and reference
   * @param hole part of its indices
   */
  static boolean cut(ShmemInode inode, Folio huge, PageRange hole) {
    return new FolioCut(inode, huge, hole).run();
  }

  private boolean run() {
    inode.pages().unmap(huge);
    if (huge.references() != expectedReferences() || huge.isPoisoned()) {
      return false;
    }
    // Unmapped, locked, not pinned: from here nobody can change the content. Readers in passing may
    // still come; they read what the copies have.
    boolean done = false;
    try {
      done = copy() && replace();
    } finally {
      putCopies(done);
    }
    if (done) {
      huge.detach();
      inode.charge().uncharge(hole.pageCount());
    }
    return done;
  }

  /** One per page from the page cache, and the caller's. */
  private int expectedReferences() {
    return huge.pageCount() + 1;
  }

  private boolean copy() {
    for (int page = 0; page < copies.length; page++) {
      if (hole.contains(huge.index() + page)) {
        continue;
      }
      if (!(inode.kernel().folios().allocate(0, null) instanceof Allocation.Allocated allocated)) {
        return false;
      }
      Folio copy = allocated.folio();
      copies[page] = copy;
      if (huge.isUpToDate()) {
        if (!copy.copyPage(0, huge, page)) {
          return false;
        }
        copy.markUpToDate();
      }
      copy.markDirty();
    }
    return true;
  }

  private boolean replace() {
    for (int page = 0; page < copies.length; page++) {
      Folio copy = copies[page];
      if (copy != null) {
        copy.attach(inode, huge.index() + page);
      }
    }
    try {
      return inode.pageCache().replaceLarge(huge, Arrays.asList(copies));
    } catch (MemoryException e) {
      return false; // no tree nodes
    }
  }

  /** Gives the references of the allocation back; the page cache has its own now, or not. */
  private void putCopies(boolean inUse) {
    for (Folio copy : copies) {
      if (copy != null) {
        if (inUse) {
          copy.addToLru();
        }
        copy.put(1);
      }
    }
  }
}
