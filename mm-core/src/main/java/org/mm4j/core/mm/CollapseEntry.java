/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import org.mm4j.CollapseTrigger;
import org.mm4j.spi.CollapseService;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;

/**
 * Tells khugepaged of an address space that may have something to collapse ({@code
 * khugepaged_enter_vma}): asked under the mmap lock, told without it, because khugepaged's own lock
 * is outermost.
 */
final class CollapseEntry {
  private CollapseEntry() {}

  /** Returns whether khugepaged should look at a VMA. The mmap lock is held. */
  static boolean isCandidate(ProcessMemory mm, Vma vma) {
    Mapping mapping = vma.mapping();
    return mapping != null
        && mm.kernel().collapse() != null
        && !vma.has(VmaFlag.NOHUGEPAGE)
        && coversAlignedRange(mm, vma)
        && mapping.operations().permitsHuge(vma, CollapseTrigger.DAEMON);
  }

  /** Tells khugepaged. No lock is held. */
  static void enterIf(boolean candidate, ProcessMemory mm) {
    CollapseService collapse = mm.kernel().collapse();
    if (candidate && collapse != null) {
      collapse.enter(mm);
    }
  }

  private static boolean coversAlignedRange(ProcessMemory mm, Vma vma) {
    long start = vma.range().start();
    long base = (start + mm.hugeBytes() - 1) & -mm.hugeBytes();
    long hugePages = mm.kernel().settings().hugePages();
    return mm.folios().coversHuge(vma, base) && (vma.indexOf(base) & (hugePages - 1)) == 0;
  }
}
