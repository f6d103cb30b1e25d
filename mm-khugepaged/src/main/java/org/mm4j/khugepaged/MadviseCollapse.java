/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.CollapseTrigger;
import org.mm4j.Errno;
import org.mm4j.KhugepagedTunables;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
import org.mm4j.Pages;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseCandidate;
import org.mm4j.spi.CollapseDecision;
import org.mm4j.spi.CollapseLimits;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;

/**
 * {@code madvise(MADV_COLLAPSE)}: makes every huge page of a range, now, without khugepaged's
 * limits.
 *
 * <p>What was done before a failure stays done. The errno is that of the last range that failed;
 * whether later ranges are tried after a failure is {@link ScanResult#continuesMadvise()}.
 */
final class MadviseCollapse {
  private static final String CALL = "madvise(MADV_COLLAPSE)";

  private final FileScan fileScan;
  private final HugePageEligibility eligibility;
  private final PolicyAdvice policy;
  private final CollapseLedger ledger;
  private final Supplier<KhugepagedTunables> tunables;

  MadviseCollapse(
      FileScan fileScan,
      HugePageEligibility eligibility,
      PolicyAdvice policy,
      CollapseLedger ledger,
      Supplier<KhugepagedTunables> tunables) {
    this.fileScan = fileScan;
    this.eligibility = eligibility;
    this.policy = policy;
    this.ledger = ledger;
    this.tunables = tunables;
  }

  /**
   * Collapses a range of an address space, VMA by VMA. No lock is held.
   *
   * @throws MemoryException EINVAL if the start is unaligned, a VMA is not eligible, or as the
   *     result of a range says, or the policy skips one; EAGAIN, EBUSY, ENOMEM as the result says;
   *     ENOMEM at the end if part of the range is not mapped
   */
  void collapse(MemoryDescriptor mm, AddressRange range) {
    AddressRange pages = wholePages(range);
    long end = pages.end();
    long address = pages.start();
    boolean gap = false;
    while (Long.compareUnsigned(address, end) < 0) {
      Vma vma = firstVma(mm, address);
      if (vma == null || Long.compareUnsigned(vma.range().start(), end) >= 0) {
        gap = true;
        break;
      }
      AddressRange part = vma.range().intersection(AddressRange.between(address, end));
      gap |= part.start() != address;
      collapseWithin(mm, vma, part);
      address = part.end();
    }
    if (gap) {
      throw new MemoryException(
          Errno.ENOMEM, CALL, range.start(), "part of " + range + " is not mapped");
    }
  }

  /** Rounds the length up, as madvise does for every advice. */
  private static AddressRange wholePages(AddressRange range) {
    if (!Pages.isAligned(range.start())) {
      throw new MemoryException(Errno.EINVAL, CALL, range.start(), "the address is not aligned");
    }
    AddressRange pages = new AddressRange(range.start(), Pages.alignUp(range.lengthBytes()));
    boolean lengthWraps = pages.isEmpty() && !range.isEmpty();
    if (lengthWraps || pages.wraps()) {
      throw new MemoryException(Errno.EINVAL, CALL, range.lengthBytes(), "the range wraps");
    }
    return pages;
  }

  private static @Nullable Vma firstVma(MemoryDescriptor mm, long address) {
    mm.mmapLock().lockShared();
    try {
      return mm.nextVma(address);
    } finally {
      mm.mmapLock().unlockShared();
    }
  }

  /**
   * Collapses what one VMA has of the range. The huge pages it should have come from the range; if
   * the VMA shrinks meanwhile, so do they.
   */
  private void collapseWithin(MemoryDescriptor mm, Vma vma, AddressRange part) {
    requireEligible(mm, vma, part);
    long first = eligibility.alignUp(part.start());
    long end = eligibility.alignDown(part.end());
    long hugeCount = 0;
    ScanResult lastFailure = ScanResult.FAIL;
    for (long address = first;
        Long.compareUnsigned(address, end) < 0;
        address += eligibility.hugeBytes()) {
      Look look = lookAt(mm, address);
      ledger.looked(CollapseTrigger.MADVISE, look.result());
      end = lower(end, look.vmaEnd());
      if (look.result().countsAsHuge()) {
        hugeCount++;
        continue;
      }
      lastFailure = look.result();
      if (!look.maySeeNext() || !lastFailure.continuesMadvise()) {
        break;
      }
    }
    // Signed on purpose: for a range inside one huge page the difference is negative, which no
    // count equals, so Linux answers EINVAL although nothing was to be done.
    long wanted = (end - first) / eligibility.hugeBytes();
    if (hugeCount != wanted) {
      throw failure(lastFailure, first, part);
    }
  }

  private void requireEligible(MemoryDescriptor mm, Vma vma, AddressRange part) {
    mm.mmapLock().lockShared();
    try {
      if (!eligibility.permits(vma, CollapseTrigger.MADVISE)) {
        throw new MemoryException(
            Errno.EINVAL, CALL, part.start(), "the mapping at " + part + " cannot be huge");
      }
    } finally {
      mm.mmapLock().unlockShared();
    }
  }

  private static MemoryException failure(ScanResult result, long address, AddressRange part) {
    return new MemoryException(
        result.errno().orElse(Errno.EINVAL),
        CALL,
        address,
        "not all of " + part + " is huge: " + result.traceText());
  }

  private long lower(long end, long vmaEnd) {
    long shrunk = eligibility.alignDown(vmaEnd);
    return Long.compareUnsigned(shrunk, end) < 0 ? shrunk : end;
  }

  /**
   * What one look found.
   *
   * @param result how it ended, the huge entry included
   * @param vmaEnd where the VMA ended at that time
   * @param maySeeNext whether the VMA was still good; else the walk stops whatever the result
   */
  private record Look(ScanResult result, long vmaEnd, boolean maySeeNext) {
    static Look stale(ScanResult result) {
      return new Look(result, -1L, false);
    }
  }

  /**
   * Looks at one huge page; the VMA is looked up anew, because no lock was held in between. The
   * file is held from before the mmap lock is dropped, because the VMA may go, and its last handle.
   */
  private Look lookAt(MemoryDescriptor mm, long address) {
    Vma vma;
    Mapping mapping;
    boolean advised;
    mm.mmapLock().lockShared();
    try {
      if (mm.isExiting()) {
        return Look.stale(ScanResult.ANY_PROCESS);
      }
      vma = mm.nextVma(address);
      if (vma == null) {
        return Look.stale(ScanResult.VMA_NULL);
      }
      if (!eligibility.fits(vma, address)) {
        return Look.stale(ScanResult.ADDRESS_RANGE);
      }
      if (!eligibility.permits(vma, CollapseTrigger.MADVISE)) {
        return Look.stale(ScanResult.VMA_CHECK);
      }
      mapping = Objects.requireNonNull(vma.mapping(), "an eligible VMA maps a file");
      mapping.hold();
      advised = vma.has(VmaFlag.HUGEPAGE);
    } finally {
      mm.mmapLock().unlockShared();
    }
    try {
      long firstIndex = vma.indexOf(address);
      CollapseLimits limits = askPolicy(mm, mapping, address, firstIndex, advised);
      ScanResult result = fileScan.scan(mm, mapping, firstIndex, limits, CollapseTrigger.MADVISE);
      boolean fileIsHuge = result == ScanResult.SUCCEED || result == ScanResult.PTE_MAPPED_HUGEPAGE;
      return new Look(fileIsHuge ? mapHuge(mm, address) : result, vma.range().end(), true);
    } finally {
      mapping.letGo();
    }
  }

  /**
   * Asks the policy about one huge page.
   *
   * @throws MemoryException EINVAL if it says no
   */
  private CollapseLimits askPolicy(
      MemoryDescriptor mm, Mapping mapping, long address, long firstIndex, boolean advised) {
    PageRange pages = fileScan.rangeFrom(firstIndex);
    CollapseCandidate.Builder candidate =
        CollapseCandidate.of(
                CollapseTrigger.MADVISE,
                mm.id(),
                new AddressRange(address, eligibility.hugeBytes()),
                pages)
            .advised(advised)
            .configuredLimits(CollapseLimits.of(tunables.get()));
    policy.facts().gather(mapping, pages, candidate);
    return switch (policy.about(candidate.build())) {
      case CollapseDecision.Collapse collapse -> collapse.limits();
      case CollapseDecision.Skip skip ->
          throw new MemoryException(
              Errno.EINVAL,
              CALL,
              address,
              "the policy " + policy.policyName() + " skips it: " + skip.reason());
    };
  }

  private static ScanResult mapHuge(MemoryDescriptor mm, long address) {
    mm.mmapLock().lockShared();
    try {
      return mm.mapHuge(address, true);
    } finally {
      mm.mmapLock().unlockShared();
    }
  }
}
