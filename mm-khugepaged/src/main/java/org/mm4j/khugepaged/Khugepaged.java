/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mm4j.CollapseTrigger;
import org.mm4j.KhugepagedTunables;
import org.mm4j.Pages;
import org.mm4j.ScanResult;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.Vma;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;

/**
 * khugepaged's walk: over all address spaces, in each over all VMAs, in each over all huge pages, a
 * few per round ({@code khugepaged_do_scan} and {@code khugepaged_scan_mm_slot}).
 *
 * <p>Thread-safe; rounds on several threads share the cursor. The scan lock (rank DAEMON) is held
 * while one address space is looked at, so that who removes one can wait until nobody does.
 */
final class Khugepaged {
  private final AddressSpaceList spaces = new AddressSpaceList();
  private final Mutex scanLock = new Mutex(LockRank.DAEMON, "scan of khugepaged");
  private final FileScan fileScan;
  private final HugePageEligibility eligibility;
  private final CollapseLedger ledger;
  private final Supplier<KhugepagedTunables> tunables;

  Khugepaged(
      FileScan fileScan,
      HugePageEligibility eligibility,
      CollapseLedger ledger,
      Supplier<KhugepagedTunables> tunables) {
    this.fileScan = fileScan;
    this.eligibility = eligibility;
    this.ledger = ledger;
    this.tunables = tunables;
  }

  /** What to do when there is no huge page. No lock is held. */
  @FunctionalInterface
  interface AllocationBackOff {
    /** Ends the round. */
    AllocationBackOff GIVE_UP = () -> false;

    /** Pauses, and returns whether to go on. */
    boolean pause();
  }

  /**
   * Looks at an address space from now on, unless it exits.
   *
   * @return whether it was the only one
   */
  boolean enter(MemoryDescriptor mm) {
    if (mm.isExiting()) {
      return false;
    }
    boolean first = spaces.add(mm);
    if (mm.isExiting()) {
      spaces.remove(mm); // its exit may have come before, and will not come again
    }
    return first; // also then: another one may have been added behind it, without a wake-up
  }

  /** Forgets an address space; when this returns nobody looks at it. No lock is held. */
  void exit(MemoryDescriptor mm) {
    spaces.remove(mm);
    scanLock.lock();
    scanLock.unlock();
  }

  boolean hasWork() {
    return !spaces.isEmpty();
  }

  /**
   * Runs one round: until the pages of a round are looked at, or everything was passed once.
   *
   * @return how many pages were looked at
   */
  int scanRound(AllocationBackOff backOff) {
    int budget = tunables.get().pagesToScan();
    int progress = 0;
    int passesThroughHead = 0;
    while (progress < budget) {
      if (spaces.isAtHead()) {
        passesThroughHead++;
      }
      if (passesThroughHead == 2 || spaces.isEmpty()) {
        break;
      }
      Visit visit = visitNext();
      progress += visit.pages;
      if (visit.result == ScanResult.ALLOC_HUGE_PAGE_FAIL && !backOff.pause()) {
        break;
      }
    }
    return progress;
  }

  private Visit visitNext() {
    Visit visit = new Visit();
    scanLock.lock();
    try {
      AddressSpaceList.Cursor cursor = spaces.current();
      if (cursor != null) {
        visit.visit(cursor.mm(), cursor.address());
      }
    } finally {
      scanLock.unlock();
    }
    return visit;
  }

  /**
   * A range to look at.
   *
   * @param address its first address
   * @param mapping the file mapped there, held because the mmap lock is dropped before the look
   * @param firstIndex its first index in the file
   */
  private record Candidate(long address, Mapping mapping, long firstIndex) {}

  /**
   * One stay in one address space: until one range was looked at, for which the mmap lock has to be
   * dropped, or until there is none left.
   */
  private final class Visit {
    private int pages;
    private @Nullable ScanResult result;

    void visit(MemoryDescriptor mm, long address) {
      Candidate candidate = null;
      if (mm.mmapLock().tryLockShared()) { // an address space that is busy is passed over
        try {
          pages++;
          candidate = nextCandidate(mm, address);
        } finally {
          mm.mmapLock().unlockShared();
        }
      }
      if (candidate == null) {
        leave(mm);
        return;
      }
      try {
        lookAt(mm, candidate);
      } finally {
        pages += (int) (eligibility.hugeBytes() >>> Pages.SHIFT);
        spaces.moveTo(mm, candidate.address() + eligibility.hugeBytes());
      }
      if (mm.isExiting()) {
        leave(mm);
      }
    }

    /** Finds the next range to look at and holds its file. The mmap lock is held. */
    private @Nullable Candidate nextCandidate(MemoryDescriptor mm, long fromAddress) {
      Vma vma = mm.nextVma(fromAddress);
      while (vma != null && !mm.isExiting()) {
        Mapping mapping = vma.mapping();
        if (mapping != null && eligibility.permits(vma, CollapseTrigger.DAEMON)) {
          long first = higher(eligibility.alignUp(vma.range().start()), fromAddress);
          if (eligibility.fits(vma, first)) {
            mapping.hold();
            return new Candidate(first, mapping, vma.indexOf(first));
          }
        }
        pages++;
        vma = mm.nextVma(vma.range().end());
      }
      return null;
    }

    private void lookAt(MemoryDescriptor mm, Candidate candidate) {
      try {
        ScanResult found =
            fileScan.scan(mm, candidate.mapping(), candidate.firstIndex(), tunables.get());
        if (found == ScanResult.PTE_MAPPED_HUGEPAGE) {
          found = retractTable(mm, candidate.address());
        }
        result = found;
        ledger.looked(CollapseTrigger.DAEMON, found);
      } finally {
        candidate.mapping().letGo();
      }
    }

    /** Only makes room for the huge entry; the next fault installs it. */
    private static ScanResult retractTable(MemoryDescriptor mm, long address) {
      mm.mmapLock().lockShared();
      try {
        if (mm.isExiting()) {
          return ScanResult.ANY_PROCESS;
        }
        ScanResult retracted = mm.mapHuge(address, false);
        return retracted == ScanResult.PMD_MAPPED ? ScanResult.SUCCEED : retracted;
      } finally {
        mm.mmapLock().unlockShared();
      }
    }

    private void leave(MemoryDescriptor mm) {
      if (spaces.advanceFrom(mm)) {
        ledger.scannedEverything();
      }
      if (mm.isExiting()) {
        spaces.remove(mm);
      }
    }
  }

  private static long higher(long one, long other) {
    return Long.compareUnsigned(one, other) > 0 ? one : other;
  }
}
