/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.CollapseTrigger;
import org.mm4j.PageRange;
import org.mm4j.ScanResult;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.Folio;
import org.mm4j.spi.FolioAllocator;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.Placeholder;
import org.mm4j.spi.TlbBatch;

/**
 * The books of one collapse: everything it holds, and how it goes back, for whatever strategy.
 *
 * <pre>{@code
 * open --committed--> committed --finish--> (nothing held)
 *   \--rollBack--> rolled back              (nothing held)
 * }</pre>
 *
 * <p>Owned by the thread that collapses.
 */
final class CollapseTransaction implements CollapseSession {
  private final Mapping mapping;
  private final PageRange range;
  private final CollapseTrigger trigger;
  private final FolioAllocator folios;
  private final @Nullable MemoryDescriptor account;
  private final PageCacheCursor cursor;
  private final TlbBatch tlb;
  private final SourceList sources;
  private @Nullable Folio target;
  private @Nullable CollapseStep lastStep;
  private long chargedHoles;
  private boolean committed;
  private boolean rolledBack;

  CollapseTransaction(
      Mapping mapping,
      PageRange range,
      CollapseTrigger trigger,
      FolioAllocator folios,
      @Nullable MemoryDescriptor account,
      TlbBatch tlb) {
    this.mapping = mapping;
    this.range = range;
    this.trigger = trigger;
    this.folios = folios;
    this.account = account;
    this.tlb = tlb;
    this.cursor = mapping.pageCache().cursor(range);
    this.sources = new SourceList((int) range.pageCount());
  }

  @Override
  public Mapping mapping() {
    return mapping;
  }

  @Override
  public PageRange range() {
    return range;
  }

  @Override
  public CollapseTrigger trigger() {
    return trigger;
  }

  @Override
  public @Nullable ScanResult allocateTarget() {
    requireOpen();
    checkState(target == null, "the target of %s is allocated already", range);
    int order = Long.numberOfTrailingZeros(range.pageCount());
    return switch (folios.allocate(order, account)) {
      case Allocation.Allocated allocated -> {
        Folio folio = allocated.folio();
        folio.lock();
        folio.attach(mapping, range.firstIndex());
        target = folio;
        yield null;
      }
      case Allocation.Refused.NO_MEMORY -> ScanResult.ALLOC_HUGE_PAGE_FAIL;
      case Allocation.Refused.CHARGE_REFUSED -> ScanResult.CGROUP_CHARGE_FAIL;
    };
  }

  @Override
  public Folio target() {
    if (target == null) {
      throw new IllegalStateException("the target of " + range + " was not allocated");
    }
    return target;
  }

  @Override
  public PageCacheCursor cursor() {
    return cursor;
  }

  @Override
  public void addSource(Folio folio) {
    requireOpen();
    checkArgument(
        sources.isEmpty() || sources.getLast().index() < folio.index(),
        "source at index %s is not above the last one",
        folio.index());
    sources.add(folio);
  }

  @Override
  public List<Folio> sources() {
    return sources;
  }

  @Override
  public TlbBatch tlb() {
    return tlb;
  }

  @Override
  public boolean chargeHoles(long pages) {
    requireOpen();
    checkArgument(pages >= 0, "page count %s is negative", pages);
    if (!mapping.operations().charge(pages)) {
      return false;
    }
    chargedHoles += pages;
    adjustPresentPages(pages);
    return true;
  }

  private void adjustPresentPages(long delta) {
    boolean wasLocked = cursor.isLocked();
    if (!wasLocked) {
      cursor.lock();
    }
    cursor.adjustPresentPages(delta);
    if (!wasLocked) {
      cursor.unlock();
    }
  }

  @Override
  public void step(CollapseStep step) {
    lastStep = step;
  }

  @Nullable CollapseStep lastStep() {
    return lastStep;
  }

  @Override
  public void committed() {
    requireOpen();
    target();
    committed = true;
  }

  @Override
  public boolean isCommitted() {
    return committed;
  }

  private void requireOpen() {
    checkState(!committed, "%s is collapsed already", range);
    checkState(!rolledBack, "the collapse of %s was rolled back", range);
  }

  // ---------------------------------------------------------------- the way back

  @Override
  public void rollBack() {
    checkState(!committed, "%s is collapsed: there is no way back", range);
    if (rolledBack) {
      return;
    }
    rolledBack = true;
    restorePageCache();
    // Also a page that stays must not be reached through a translation that counts no more.
    tlb.flush();
    if (chargedHoles > 0) {
      mapping.operations().uncharge(chargedHoles);
    }
    while (!sources.isEmpty()) {
      giveBack(sources.removeFirst());
    }
    dropTarget();
  }

  /** No placeholder may be left when the page-cache lock is released. */
  private void restorePageCache() {
    if (!cursor.isLocked()) {
      cursor.lock();
    }
    restoreSlots();
    cursor.adjustPresentPages(-chargedHoles);
    cursor.releaseNodes();
    unlockCursor();
  }

  /**
   * Slots of others stay; only the algorithms that replace early have put the target into any.
   * There may be placeholders without a target, if the strategy is somebody else's.
   */
  private void restoreSlots() {
    int nextSource = 0;
    for (long index = range.firstIndex(); index < range.endIndex(); index++) {
      while (nextSource < sources.size() && endOf(sources.get(nextSource)) <= index) {
        nextSource++;
      }
      PageCacheEntry entry = cursor.load(index);
      if (entry instanceof Placeholder) {
        cursor.erase(index);
      } else if (entry != null && entry.equals(target)) {
        boolean wasPage = nextSource < sources.size() && sources.get(nextSource).index() <= index;
        if (wasPage) {
          restore(sources.get(nextSource), index);
        } else {
          cursor.erase(index);
        }
      }
    }
    for (Folio source : sources) {
      if (source.references() == 0) {
        // Frozen: the page cache's references, the isolation's and ours.
        source.unfreeze(2 + source.pageCount());
      }
    }
  }

  private static long endOf(Folio folio) {
    return folio.index() + folio.pageCount();
  }

  private void restore(Folio source, long index) {
    if (source.order() == 0) {
      cursor.store(index, source);
    } else {
      cursor.storeWhole(source);
    }
  }

  private static void giveBack(Folio source) {
    source.unlock();
    source.putBack();
    source.put(1);
  }

  private void dropTarget() {
    if (target != null) {
      target.detach();
      target.unlock();
      target.put(1);
    }
  }

  // ---------------------------------------------------------------- the way ahead

  /** Releases what a strategy that succeeded left to the engine: the cursor, and sources. */
  void finish() {
    checkState(committed, "%s is not collapsed", range);
    unlockCursor();
    if (!sources.isEmpty()) {
      tlb.flush();
    }
    while (!sources.isEmpty()) {
      free(sources.removeFirst());
    }
  }

  /**
   * Releases what a strategy held that threw after the commit; it still has the target's lock. If
   * the target is not up to date it was not copied in whole, and its content is lost: made
   * unreadable, it is never wrong. It does not have the page cache's references yet either.
   */
  void finishAfterThrow() {
    unlockCursor();
    Folio folio = target();
    if (!folio.isUpToDate()) {
      folio.markPoisoned();
      folio.get(folio.pageCount() - 1);
      folio.addToLru();
    }
    folio.unlock();
    finish();
  }

  private static void free(Folio source) {
    source.detach();
    boolean frozen = source.references() == 0;
    if (frozen) {
      source.unfreeze(1);
    }
    source.unlock();
    source.put(frozen ? 1 : 2 + source.pageCount());
  }

  private void unlockCursor() {
    if (cursor.isLocked()) {
      cursor.unlock();
    }
  }
}
