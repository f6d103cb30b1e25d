/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import org.jspecify.annotations.Nullable;
import org.mm4j.Access;
import org.mm4j.Pages;
import org.mm4j.core.frame.CoreFolio;
import org.mm4j.core.pagetable.Entry;
import org.mm4j.core.pagetable.PageTables;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.FaultHandler;
import org.mm4j.spi.FaultOutcome;
import org.mm4j.spi.FaultOutcome.Settled;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MappingOperations;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.PageFault;
import org.mm4j.spi.UserfaultWatcher;
import org.mm4j.spi.VmaFlag;

/**
 * Faults of shared file mappings.
 *
 * <p>What is in the page cache is mapped. A hole of a VMA that is armed MISSING goes to its
 * userfaultfd; any other hole is filled. Only an empty slot is a hole: a fallocated page that
 * nobody touched, and one in swap, are brought in without a message. The look at the page cache
 * takes no lock and waits over placeholders, so a hole that a collapse has taken is never reported.
 */
final class FileFaults implements FaultHandler {
  private final PageTables tables;
  private final FolioMapping folios;
  private final FaultAround around;

  FileFaults(PageTables tables, FolioMapping folios, int hugeOrder) {
    this.tables = tables;
    this.folios = folios;
    this.around = new FaultAround(tables, folios, hugeOrder);
  }

  @Override
  public FaultOutcome fault(PageFault fault) {
    Mapping mapping = fault.vma().mapping();
    if (mapping == null) {
      return Settled.SEGMENTATION_FAULT;
    }
    mapping.invalidateLock().lockShared();
    try {
      if (fault.index() >= mapping.operations().endIndex()) {
        return Settled.BUS_ERROR;
      }
      PageCacheEntry entry = mapping.pageCache().lookup(fault.index());
      if (entry != null || !fault.vma().has(VmaFlag.UFFD_MISSING)) {
        return bringInAndMap(fault, mapping, entry);
      }
    } finally {
      mapping.invalidateLock().unlockShared();
    }
    UserfaultWatcher watcher = fault.vma().watcher();
    return watcher == null ? Settled.RETRY : watcher.missing(fault);
  }

  private FaultOutcome bringInAndMap(
      PageFault fault, Mapping mapping, @Nullable PageCacheEntry entry) {
    if (entry instanceof Folio folio) {
      if (folio.isUpToDate()) {
        folio.lock();
        return mapAndRelease(fault, mapping, folio);
      }
      folio.put(1);
    }
    MappingOperations operations = mapping.operations();
    BringIn brought =
        entry == null
            ? operations.create(fault.index(), fault.mm())
            : operations.bringIn(fault.index());
    if (brought instanceof BringIn.Present present) {
      return mapAndRelease(fault, mapping, present.folio());
    }
    return outcomeOf((BringIn.Absent) brought);
  }

  private static FaultOutcome outcomeOf(BringIn.Absent absent) {
    return switch (absent) {
      case HOLE -> Settled.RETRY; // it was taken out meanwhile
      case BEYOND_END, NO_SPACE, IO_ERROR -> Settled.BUS_ERROR;
      case NO_MEMORY -> Settled.OUT_OF_MEMORY;
    };
  }

  /** Maps a locked and referenced folio; unlocks it and gives the reference back. */
  private FaultOutcome mapAndRelease(PageFault fault, Mapping mapping, Folio folio) {
    try {
      return mapLocked(fault, mapping, folio);
    } finally {
      folio.unlock();
      folio.put(1);
    }
  }

  @SuppressWarnings("ReferenceEquality") // a mapping is itself and nothing else
  private FaultOutcome mapLocked(PageFault fault, Mapping mapping, Folio folio) {
    long page = fault.index() - folio.index();
    if (folio.mapping() != mapping || page < 0 || page >= folio.pageCount()) {
      return Settled.RETRY; // truncated or collapsed before we had its lock
    }
    if (folio instanceof CoreFolio own && own.isPoisoned()) {
      return Settled.BUS_ERROR;
    }
    boolean store = fault.access() == Access.WRITE;
    long endIndex = mapping.operations().endIndex();
    if (!folios.mapHuge(fault.vma(), fault.address(), folio)
        && !around.map(fault.vma(), fault.pageAddress(), folio, store, endIndex)) {
      widen(fault);
    }
    return Settled.MAPPED;
  }

  /** Somebody else was faster, perhaps with less permission than the VMA gives. */
  private void widen(PageFault fault) {
    if (tables.translate(fault.address(), fault.access()) == Entry.NONE) {
      long page = fault.pageAddress();
      long permissions = Entry.permissionsOf(fault.vma());
      tables.permit(page, page + Pages.SIZE_BYTES, permissions, (address, entry) -> {});
    }
  }
}
