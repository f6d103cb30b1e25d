/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import org.jspecify.annotations.Nullable;
import org.mm4j.CollapseTrigger;
import org.mm4j.PageRange;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseLimits;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.Placeholder;
import org.mm4j.spi.SwapEntry;
import org.mm4j.sync.Sync;

/**
 * Looks whether a range of a file is worth a collapse, and lets the engine try ({@code
 * hpage_collapse_scan_file}).
 *
 * <p>The look is lock-free and only an estimate: the strategy checks everything again. The limits
 * are the policy's. Who watches with a userfaultfd is not asked here.
 */
final class FileScan {
  private final CollapseEngine engine;
  private final CollapseLedger ledger;
  private final int hugeOrder;

  FileScan(CollapseEngine engine, CollapseLedger ledger, int hugeOrder) {
    this.engine = engine;
    this.ledger = ledger;
    this.hugeOrder = hugeOrder;
  }

  /**
   * Looks at the range that begins at an index, and collapses it if it is within the limits. No
   * lock is held but the daemon's.
   *
   * @return SUCCEED, PTE_MAPPED_HUGEPAGE if it was huge before, or why not
   */
  ScanResult scan(
      MemoryDescriptor mm,
      Mapping mapping,
      long firstIndex,
      CollapseLimits limits,
      CollapseTrigger trigger) {
    PageRange range = rangeFrom(firstIndex);
    Census census = new Census(range, limits.maxSwappedPages());
    mapping.pageCache().scan(range, census);
    if (census.refusal != null) {
      return census.refusal;
    }
    if (census.presentPages < range.pageCount() - limits.maxHoles()) {
      return ScanResult.EXCEED_NONE_PTE;
    }
    return collapse(mm, mapping, firstIndex, trigger);
  }

  /** Returns the pages of the range that begins at an index. */
  PageRange rangeFrom(long firstIndex) {
    return new PageRange(firstIndex, 1L << hugeOrder);
  }

  private ScanResult collapse(
      MemoryDescriptor mm, Mapping mapping, long firstIndex, CollapseTrigger trigger) {
    long begun = Sync.nanoTime();
    ScanResult result = engine.collapse(mm, mapping, firstIndex, trigger);
    if (result == ScanResult.SUCCEED) {
      ledger.collapsed(Sync.nanoTime() - begun);
    }
    return result;
  }

  /** Counts the entries of a range until one of them refuses. */
  private static final class Census implements PageCache.EntryVisitor {
    private final PageRange range;
    private final long maxSwapped;
    private long presentPages;
    private long swappedPages;
    private @Nullable ScanResult refusal;

    Census(PageRange range, long maxSwapped) {
      this.range = range;
      this.maxSwapped = maxSwapped;
    }

    @Override
    public boolean visit(long index, PageCacheEntry entry) {
      refusal =
          switch (entry) {
            case SwapEntry swap -> swapped(swap);
            case Folio folio -> present(folio);
            case Placeholder placeholder ->
                throw new IllegalStateException("a scan met a " + placeholder + " at " + index);
          };
      return refusal == null;
    }

    private @Nullable ScanResult swapped(SwapEntry swap) {
      swappedPages += 1L << swap.order();
      return swappedPages > maxSwapped ? ScanResult.EXCEED_SWAP_PTE : null;
    }

    private @Nullable ScanResult present(Folio folio) {
      if (folio.pageCount() == range.pageCount() && folio.index() == range.firstIndex()) {
        return ScanResult.PTE_MAPPED_HUGEPAGE;
      }
      if (!folio.isOnLru()) {
        return ScanResult.PAGE_LRU;
      }
      int pageCacheAndOurs = folio.pageCount() + 1;
      if (folio.references() != pageCacheAndOurs + folio.mapCount()) {
        return ScanResult.PAGE_COUNT;
      }
      presentPages += folio.pageCount();
      return null;
    }
  }
}
