/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import org.mm4j.AddressRange;
import org.mm4j.CollapseTrigger;
import org.mm4j.Pages;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;

/**
 * Which parts of which VMAs may be huge. Only file mappings so far: an anonymous one is never
 * eligible.
 */
final class HugePageEligibility {
  private final long hugeBytes;

  HugePageEligibility(int hugeOrder) {
    hugeBytes = (long) Pages.SIZE_BYTES << hugeOrder;
  }

  long hugeBytes() {
    return hugeBytes;
  }

  /** Rounds up to a huge-page boundary; 0 if there is none below 2<sup>64</sup>. */
  long alignUp(long address) {
    return (address + hugeBytes - 1) & -hugeBytes;
  }

  /** Rounds down to a huge-page boundary. */
  long alignDown(long address) {
    return address & -hugeBytes;
  }

  /** Returns whether any part of a VMA may be huge. Needs the mmap lock, at least for reading. */
  boolean permits(Vma vma, CollapseTrigger trigger) {
    Mapping mapping = vma.mapping();
    return mapping != null
        && !vma.has(VmaFlag.NOHUGEPAGE)
        && fits(vma, alignDown(vma.range().end() - hugeBytes))
        && mapping.operations().permitsHuge(vma, trigger);
  }

  /**
   * Returns whether a huge page at an aligned address lies within a VMA, and its file offset is
   * aligned as well.
   */
  boolean fits(Vma vma, long hugeAddress) {
    AddressRange huge = new AddressRange(hugeAddress, hugeBytes);
    return !huge.wraps()
        && vma.range().contains(huge)
        && (vma.pageOffset() - (vma.range().start() >>> Pages.SHIFT)) % (hugeBytes >>> Pages.SHIFT)
            == 0;
  }
}
