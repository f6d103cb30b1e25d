/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import java.util.BitSet;
import java.util.EnumSet;
import java.util.Set;
import org.mm4j.PageRange;
import org.mm4j.UffdMode;
import org.mm4j.spi.CollapseCandidate;
import org.mm4j.spi.CollapseFact;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.ReverseMap;
import org.mm4j.spi.SwapEntry;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;

/**
 * Gathers what a policy wants to know about a range, and nothing else: at most one lock-free walk
 * over the page cache, and one over the reverse map.
 */
final class FactGatherer {
  private final Set<CollapseFact> wanted;
  private final boolean wantsPageCache;

  FactGatherer(Set<CollapseFact> wanted) {
    this.wanted = Set.copyOf(wanted);
    this.wantsPageCache = this.wanted.stream().anyMatch(f -> f != CollapseFact.ARMED_MODES);
  }

  /** Adds the facts to a candidate. The file is held; no lock is. */
  void gather(Mapping mapping, PageRange range, CollapseCandidate.Builder candidate) {
    if (wantsPageCache) {
      Census census = new Census(range);
      mapping.pageCache().scan(range, census);
      census.tell(wanted, candidate);
    }
    if (wanted.contains(CollapseFact.ARMED_MODES)) {
      candidate.armedModes(armedModes(mapping.reverseMap(), range));
    }
  }

  private static Set<UffdMode> armedModes(ReverseMap reverseMap, PageRange range) {
    Set<UffdMode> modes = EnumSet.noneOf(UffdMode.class);
    reverseMap.lockShared();
    try {
      reverseMap.overlapping(
          range.firstIndex(),
          range.endIndex() - 1,
          vma -> {
            addModes(vma, modes);
            return true;
          });
    } finally {
      reverseMap.unlockShared();
    }
    return modes;
  }

  private static void addModes(Vma vma, Set<UffdMode> modes) {
    if (vma.has(VmaFlag.UFFD_MISSING)) {
      modes.add(UffdMode.MISSING);
    }
    if (vma.has(VmaFlag.UFFD_WP)) {
      modes.add(UffdMode.WRITE_PROTECT);
    }
    if (vma.has(VmaFlag.UFFD_MINOR)) {
      modes.add(UffdMode.MINOR);
    }
  }

  /** Counts the entries of a range. */
  private static final class Census implements PageCache.EntryVisitor {
    private final PageRange range;
    private final BitSet present = new BitSet();
    private int swapped;
    private int shared;
    private int dirty;

    Census(PageRange range) {
      this.range = range;
    }

    @Override
    public boolean visit(long index, PageCacheEntry entry) {
      if (entry instanceof SwapEntry swap) {
        swapped += 1 << swap.order();
      } else if (entry instanceof Folio folio) {
        count(index, folio);
      }
      return true;
    }

    /** A folio may be larger than the range, or begin before it. */
    private void count(long index, Folio folio) {
      int first = (int) Math.max(0, index - range.firstIndex());
      long folioEnd = folio.index() + folio.pageCount() - range.firstIndex();
      int end = (int) Math.min(range.pageCount(), Math.max(first + 1L, folioEnd));
      present.set(first, end);
      shared += folio.mapCount() > 1 ? end - first : 0;
      dirty += folio.isDirty() ? end - first : 0;
    }

    void tell(Set<CollapseFact> wanted, CollapseCandidate.Builder candidate) {
      for (CollapseFact fact : wanted) {
        switch (fact) {
          case PRESENT_PAGES -> candidate.presentPages(present);
          case SWAPPED_PAGES -> candidate.swappedPages(swapped);
          case SHARED_PAGES -> candidate.sharedPages(shared);
          case DIRTY_PAGES -> candidate.dirtyPages(dirty);
          case ARMED_MODES -> {} // not in the page cache
        }
      }
    }
  }
}
