/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.core.tlb.CpuTlbBatch;
import org.mm4j.core.vma.MappedVma;
import org.mm4j.spi.CollapseService;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.VmaFlag;

/**
 * {@code madvise}: VMA by VMA; a gap does not stop it, but makes it end with ENOMEM.
 *
 * <p>COLLAPSE is khugepaged's, REMOVE the file's: both are called with no lock held.
 */
final class AdviseOperation {
  private static final String CALL = "madvise";

  private final ProcessMemory mm;
  private final Advice advice;

  AdviseOperation(ProcessMemory mm, Advice advice) {
    this.mm = mm;
    this.advice = advice;
  }

  void run(AddressRange range) {
    AddressRange pages = RangeChecks.pages(CALL, range, Errno.EINVAL);
    if (pages.isEmpty()) {
      return;
    }
    switch (advice) {
      case NORMAL, RANDOM, SEQUENTIAL, WILLNEED -> walkShared(pages, part -> {});
      case DONTNEED -> dropTranslations(pages);
      case REMOVE -> remove(pages);
      case HUGEPAGE, NOHUGEPAGE -> setHuge(pages);
      case COLLAPSE -> collapse(pages);
    }
  }

  /** One part of a VMA. */
  private record Part(MappedVma vma, AddressRange range) {}

  @FunctionalInterface
  private interface PartVisitor {
    void visit(Part part);
  }

  private void walkShared(AddressRange range, PartVisitor visitor) {
    mm.mmapLock().lockShared();
    try {
      walk(range, visitor);
    } finally {
      mm.mmapLock().unlockShared();
    }
  }

  /** Visits what is mapped of a range. The mmap lock is held. */
  private void walk(AddressRange range, PartVisitor visitor) {
    long address = range.start();
    long gap = -1;
    Part part = next(address, range);
    while (part != null) {
      gap = gap == -1 && part.range().start() != address ? address : gap;
      visitor.visit(part);
      address = part.range().end();
      part = next(address, range);
    }
    if (gap != -1 || address != range.end()) {
      throw RangeChecks.unmapped(CALL, gap != -1 ? gap : address);
    }
  }

  private @Nullable Part next(long address, AddressRange range) {
    AddressRange left = AddressRange.between(address, range.end());
    MappedVma vma = left.isEmpty() ? null : mm.layout().tree().next(address);
    if (vma == null || !vma.range().overlaps(left)) {
      return null;
    }
    return new Part(vma, vma.range().intersection(left));
  }

  private void dropTranslations(AddressRange range) {
    mm.mmapLock().lockShared();
    try (CpuTlbBatch batch = mm.newBatch()) {
      walk(range, part -> mm.zap(part.range(), batch));
    } finally {
      mm.mmapLock().unlockShared();
    }
  }

  private void setHuge(AddressRange range) {
    long set = advice == Advice.HUGEPAGE ? VmaFlag.HUGEPAGE.bit() : VmaFlag.NOHUGEPAGE.bit();
    long clear = VmaFlag.HUGEPAGE.bit() | VmaFlag.NOHUGEPAGE.bit();
    boolean[] candidate = new boolean[1];
    try {
      mm.lockOpen();
      try {
        walk(
            range,
            part -> {
              long flags = (part.vma().flags() & ~clear) | set;
              MappedVma changed = mm.change(part.vma(), part.range(), flags, part.vma().watcher());
              candidate[0] |= CollapseEntry.isCandidate(mm, changed);
            });
      } finally {
        mm.mmapLock().unlock();
      }
    } finally {
      CollapseEntry.enterIf(candidate[0], mm);
    }
  }

  private void collapse(AddressRange range) {
    CollapseService service = mm.kernel().collapse();
    if (service == null) {
      throw new MemoryException(
          Errno.ENOSYS, CALL, advice.number(), "no khugepaged: add org.mm4j:mm-khugepaged");
    }
    service.collapse(mm, range);
  }

  // ---------------------------------------------------------------- REMOVE

  private void remove(AddressRange range) {
    long address = range.start();
    boolean gap = false;
    while (address != range.end()) {
      Part part = nextToRemove(AddressRange.between(address, range.end()));
      if (part == null) {
        gap = true;
        break;
      }
      gap |= part.range().start() != address;
      punch(part);
      address = part.range().end();
    }
    if (gap) {
      throw RangeChecks.unmapped(CALL, range.start());
    }
  }

  private @Nullable Part nextToRemove(AddressRange left) {
    mm.mmapLock().lockShared();
    try {
      Part part = next(left.start(), left);
      if (part != null) {
        requireRemovable(part);
      }
      return part;
    } finally {
      mm.mmapLock().unlockShared();
    }
  }

  private static void requireRemovable(Part part) {
    if (part.vma().mapping() == null) {
      throw new MemoryException(
          Errno.EINVAL, CALL, part.range().start(), "nothing behind the mapping to remove from");
    }
    if (!part.vma().has(VmaFlag.SHARED) || !part.vma().has(VmaFlag.MAY_WRITE)) {
      throw new MemoryException(
          Errno.EACCES, CALL, part.range().start(), "the mapping is not shared and writable");
    }
  }

  /** The mmap lock is not held: the file takes its inode lock, which comes first. */
  private static void punch(Part part) {
    Mapping mapping = part.vma().mapping();
    if (mapping != null) {
      long offset = part.vma().indexOf(part.range().start()) << Pages.SHIFT;
      mapping.operations().punchHole(offset, part.range().lengthBytes());
    }
  }
}
