/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import org.jspecify.annotations.Nullable;
import org.mm4j.CollapseTrigger;
import org.mm4j.examples.offheap.blocks.StorePages.Added;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.FillResult;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MappingOperations;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageFiller;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.Fences;
import org.mm4j.sync.Sync;

/** What faults, userfaultfds and collapses ask of a store. */
final class StoreOperations implements MappingOperations {
  private final BlockStore store;

  StoreOperations(BlockStore store) {
    this.store = store;
  }

  @Override
  public long endIndex() {
    return store.endIndex();
  }

  // ------------------------------------------------------------ pages

  @Override
  public BringIn bringIn(long index) {
    if (isBeyondEnd(index)) {
      return BringIn.Absent.BEYOND_END;
    }
    Folio folio = store.pages().lockAt(index);
    if (folio == null) {
      return BringIn.Absent.HOLE;
    }
    if (isBeyondEnd(index)) { // the store may have been cut while we waited for the lock
      StorePages.release(folio);
      return BringIn.Absent.BEYOND_END;
    }
    if (!StorePages.bringUpToDate(folio)) {
      StorePages.release(folio);
      return BringIn.Absent.IO_ERROR;
    }
    return new BringIn.Present(folio);
  }

  @Override
  public BringIn create(long index, @Nullable MemoryDescriptor account) {
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      BringIn found = bringIn(index);
      if (found != BringIn.Absent.HOLE) {
        return found;
      }
      switch (store.pages().add(index, account, StoreOperations::zero)) {
        case Added.Page added -> {
          return keepsWithinEnd(added.folio(), index)
              ? new BringIn.Present(added.folio())
              : BringIn.Absent.BEYOND_END;
        }
        case Added.Refusal.NO_SPACE -> {
          return BringIn.Absent.NO_SPACE;
        }
        case Added.Refusal.NO_MEMORY -> {
          return BringIn.Absent.NO_MEMORY;
        }
        case Added.Refusal.EXISTS -> {} // look again
      }
    }
  }

  private static boolean zero(Folio folio) {
    folio.clearPage(0);
    return true;
  }

  @Override
  public FillResult fill(long index, MemoryDescriptor account, PageFiller filler) {
    if (isBeyondEnd(index)) {
      return FillResult.Refused.BEYOND_END;
    }
    return switch (store.pages().add(index, account, folio -> written(folio, filler))) {
      case Added.Page added ->
          keepsWithinEnd(added.folio(), index)
              ? new FillResult.Filled(added.folio())
              : FillResult.Refused.BEYOND_END;
      case Added.Refusal.EXISTS -> FillResult.Refused.EXISTS;
      case Added.Refusal.NO_SPACE, Added.Refusal.NO_MEMORY -> FillResult.Refused.NO_SPACE;
    };
  }

  private static boolean written(Folio folio, PageFiller filler) {
    Sync.content(Sync.ContentAccess.WRITE, folio.frame());
    filler.fill(folio.data(0));
    return true;
  }

  /**
   * Takes a new page out again if the store was cut before it was stored: either we see the new end
   * here, or whoever cuts sees our page. Both store theirs, and then look at the other's.
   */
  private boolean keepsWithinEnd(Folio folio, long index) {
    Fences.full();
    if (!isBeyondEnd(index)) {
      return true;
    }
    store.pages().remove(folio);
    StorePages.release(folio);
    return false;
  }

  private boolean isBeyondEnd(long index) {
    return index >= store.endIndex();
  }

  // ------------------------------------------------------------ collapse

  @Override
  public boolean charge(long pages) {
    return store.charge().charge(pages);
  }

  @Override
  public void uncharge(long pages) {
    store.charge().uncharge(pages);
  }

  @Override
  public boolean releasePrivate(Folio folio) {
    return true; // nothing is attached to a page
  }

  @Override
  public boolean fillsHoles() {
    return true; // a hole of a store is zeros, and may become memory
  }

  @Override
  public boolean permitsHuge(Vma vma, CollapseTrigger trigger) {
    return trigger == CollapseTrigger.MADVISE || vma.has(VmaFlag.HUGEPAGE);
  }

  // ------------------------------------------------------------ windows

  @Override
  public void punchHole(long offsetBytes, long lengthBytes) {
    if (store.tryUse()) {
      try {
        StoreContent.punch(store, "madvise", offsetBytes, lengthBytes);
      } finally {
        store.letGo();
      }
    }
  }

  @Override
  public void vmaOpened(Vma vma) {
    store.hold();
  }

  @Override
  public void vmaClosed(Vma vma) {
    store.letGo();
  }
}
