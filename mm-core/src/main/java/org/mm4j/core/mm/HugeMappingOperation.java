/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import org.jspecify.annotations.Nullable;
import org.mm4j.CollapseTrigger;
import org.mm4j.ScanResult;
import org.mm4j.core.pagetable.Entry;
import org.mm4j.core.pagetable.PageTables.Detachment;
import org.mm4j.core.tlb.CpuTlbBatch;
import org.mm4j.core.vma.MappedVma;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.VmaFlag;

/**
 * Replaces a table by nothing, or by a huge entry, if the page cache has a huge page for it ({@code
 * collapse_pte_mapped_thp}). The mmap lock is held, at least for reading.
 *
 * <p>The folio is locked throughout: nobody maps a page of it meanwhile.
 */
final class HugeMappingOperation {
  private final ProcessMemory mm;
  private final long address;

  HugeMappingOperation(ProcessMemory mm, long address) {
    this.mm = mm;
    this.address = address;
  }

  ScanResult run(boolean install) {
    MappedVma vma = mm.layout().tree().find(address);
    Mapping mapping = vma == null ? null : vma.mapping();
    if (vma == null || mapping == null || !mm.folios().coversHuge(vma, address)) {
      return ScanResult.VMA_CHECK;
    }
    if (Entry.isHuge(mm.tables().walk(address))) {
      return ScanResult.PMD_MAPPED;
    }
    if (vma.has(VmaFlag.NOHUGEPAGE)
        || !mapping.operations().permitsHuge(vma, CollapseTrigger.MADVISE)) {
      return ScanResult.VMA_CHECK;
    }
    if (vma.has(VmaFlag.UFFD_WP)) {
      return ScanResult.PTE_UFFD_WP;
    }
    PageCacheEntry entry = mapping.pageCache().lookup(vma.indexOf(address));
    if (!(entry instanceof Folio folio)) {
      return ScanResult.PAGE_NULL;
    }
    folio.lock();
    try {
      ScanResult refusal = refusal(vma, mapping, folio);
      return refusal != null ? refusal : replace(vma, folio, install);
    } finally {
      folio.unlock();
      folio.put(1);
    }
  }

  @SuppressWarnings("ReferenceEquality") // a mapping is itself and nothing else
  private @Nullable ScanResult refusal(MappedVma vma, Mapping mapping, Folio folio) {
    if (folio.mapping() != mapping) {
      return ScanResult.PAGE_NULL;
    }
    boolean whole =
        folio.order() == mm.kernel().settings().hugeOrder()
            && folio.index() == vma.indexOf(address);
    return whole ? null : ScanResult.PAGE_COMPOUND;
  }

  private ScanResult replace(MappedVma vma, Folio folio, boolean install) {
    CpuTlbBatch batch = mm.newBatch();
    Removal removal = new Removal(mm.frames(), mm.processors(), batch);
    Detachment detachment = mm.tables().detachMapping(address, folio.frame(), removal);
    if (detachment == Detachment.EMPTY) {
      batch.touch(mm.processors());
    }
    batch.flush();
    return switch (detachment) {
      case OTHER_PAGES -> ScanResult.FAIL;
      case HUGE -> ScanResult.PMD_MAPPED;
      case EMPTY ->
          !install || mm.folios().mapHuge(vma, address, folio)
              ? ScanResult.SUCCEED
              : ScanResult.FAIL;
    };
  }
}
