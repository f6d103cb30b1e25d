/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import org.jspecify.annotations.Nullable;
import org.mm4j.CollapseTrigger;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.FillResult;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MappingOperations;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.PageFiller;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.Fences;
import org.mm4j.sync.Sync;

/** What faults, userfaultfd and khugepaged ask of a memory file. */
final class ShmemOperations implements MappingOperations {
  private final ShmemInode inode;

  ShmemOperations(ShmemInode inode) {
    this.inode = inode;
  }

  @Override
  public long endIndex() {
    return inode.endIndex();
  }

  // ------------------------------------------------------------ pages

  @Override
  public BringIn bringIn(long index) {
    if (isBeyondEnd(index)) {
      return BringIn.Absent.BEYOND_END;
    }
    return present(index, inode.pages().lockAt(index));
  }

  @Override
  public BringIn create(long index, @Nullable MemoryDescriptor account) {
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      BringIn found = bringIn(index);
      if (found != BringIn.Absent.HOLE) {
        return found;
      }
      PageSupply supply = inode.pages().supply(index, account, PageContent.ZERO);
      switch (supply) {
        case PageSupply.Supplied supplied -> {
          return keepsWithinEnd(supplied.folio(), index)
              ? new BringIn.Present(supplied.folio())
              : BringIn.Absent.BEYOND_END;
        }
        case PageSupply.Refusal.NO_SPACE -> {
          return BringIn.Absent.NO_SPACE;
        }
        case PageSupply.Refusal.NO_MEMORY -> {
          return BringIn.Absent.NO_MEMORY;
        }
        case PageSupply.Refusal.EXISTS -> {} // look again
      }
    }
  }

  /** In Linux's order: the limit, the frame, the content, the end of the file, the slot. */
  @Override
  public FillResult fill(long index, MemoryDescriptor account, PageFiller filler) {
    if (isBeyondEnd(index)) {
      return FillResult.Refused.BEYOND_END;
    }
    return switch (inode.pages().supply(index, account, PageContent.of(filler))) {
      case PageSupply.Supplied supplied ->
          keepsWithinEnd(supplied.folio(), index)
              ? new FillResult.Filled(supplied.folio())
              : FillResult.Refused.BEYOND_END;
      case PageSupply.Refusal.EXISTS -> FillResult.Refused.EXISTS;
      case PageSupply.Refusal.NO_SPACE, PageSupply.Refusal.NO_MEMORY -> FillResult.Refused.NO_SPACE;
    };
  }

  private BringIn present(long index, @Nullable PageCacheEntry entry) {
    if (entry == null) {
      return BringIn.Absent.HOLE;
    }
    if (!(entry instanceof Folio folio)) {
      return BringIn.Absent.IO_ERROR; // nothing swaps out yet, so there is nothing to read from
    }
    if (isBeyondEnd(index)) { // the file may have been cut while we waited for the lock
      InodePages.release(folio);
      return BringIn.Absent.BEYOND_END;
    }
    if (!InodePages.bringUpToDate(folio)) {
      InodePages.release(folio);
      return BringIn.Absent.IO_ERROR;
    }
    return new BringIn.Present(folio);
  }

  /**
   * Takes a new page out again if the file was cut before it was stored. Either we see the new end
   * here, or the truncation sees our page: both store theirs, and then look at the other's.
   */
  private boolean keepsWithinEnd(Folio folio, long index) {
    Fences.full();
    if (!isBeyondEnd(index)) {
      return true;
    }
    inode.pages().remove(folio);
    InodePages.release(folio);
    return false;
  }

  private boolean isBeyondEnd(long index) {
    return index >= inode.endIndex();
  }

  // ------------------------------------------------------------ collapse

  @Override
  public boolean charge(long pages) {
    return inode.charge().charge(pages);
  }

  @Override
  public void uncharge(long pages) {
    inode.charge().uncharge(pages);
  }

  @Override
  public boolean releasePrivate(Folio folio) {
    return true; // memory files attach nothing to their pages
  }

  @Override
  public boolean fillsHoles() {
    return true;
  }

  /**
   * As {@code shmem_enabled=advise}: khugepaged needs MADV_HUGEPAGE, MADV_COLLAPSE needs nothing.
   */
  @Override
  public boolean permitsHuge(Vma vma, CollapseTrigger trigger) {
    return switch (trigger) {
      case MADVISE -> true;
      case DAEMON -> vma.has(VmaFlag.HUGEPAGE);
    };
  }

  // ------------------------------------------------------------ mappings

  @Override
  public void punchHole(long offsetBytes, long lengthBytes) {
    if (!inode.tryUse()) {
      return; // the last mapping is gone, and the pages with it
    }
    try {
      HolePunch.punch(inode, "madvise", offsetBytes, lengthBytes);
    } finally {
      inode.release();
    }
  }

  @Override
  public void vmaOpened(Vma vma) {
    inode.use();
    if (storesToFile(vma)) {
      inode.writableMappings().add(1);
    }
  }

  @Override
  public void vmaClosed(Vma vma) {
    if (storesToFile(vma)) {
      inode.writableMappings().add(-1);
    }
    inode.release();
  }

  /** Also one that is read-only now: mprotect could change that. MAY_WRITE never changes. */
  private static boolean storesToFile(Vma vma) {
    return vma.has(VmaFlag.SHARED) && vma.has(VmaFlag.MAY_WRITE);
  }
}
