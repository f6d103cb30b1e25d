/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.CollapseTrigger;
import org.mm4j.KhugepagedTunables;
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
  /** How many ranges of one address space a policy ranks at once: 8 GiB. */
  private static final int MOST_RANKED = 4096;

  private final AddressSpaceList spaces = new AddressSpaceList();
  private final Mutex scanLock = new Mutex(LockRank.DAEMON, "scan of khugepaged");
  private final FileScan fileScan;
  private final HugePageEligibility eligibility;
  private final PolicyAdvice policy;
  private final CollapseLedger ledger;
  private final Supplier<KhugepagedTunables> tunables;

  Khugepaged(
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
      Visit visit = visitNext(budget - progress);
      progress += visit.pages;
      if (visit.result == ScanResult.ALLOC_HUGE_PAGE_FAIL && !backOff.pause()) {
        break;
      }
    }
    return progress;
  }

  private Visit visitNext(int budget) {
    Visit visit = new Visit(budget);
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
   * @param advised whether the mapping has {@code MADV_HUGEPAGE}
   */
  private record Candidate(long address, Mapping mapping, long firstIndex, boolean advised) {}

  /**
   * One stay in one address space: until one range was looked at, for which the mmap lock has to be
   * dropped, or until there is none left. For a policy that ranks it is until the best ranges were
   * looked at.
   */
  private final class Visit {
    private final int budget;
    private int pages;
    private @Nullable ScanResult result;

    Visit(int budget) {
      this.budget = budget;
    }

    void visit(MemoryDescriptor mm, long address) {
      List<Candidate> candidates = List.of();
      if (mm.mmapLock().tryLockShared()) { // an address space that is busy is passed over
        try {
          pages++;
          candidates = nextCandidates(mm, address, policy.ranks() ? MOST_RANKED : 1);
        } finally {
          mm.mmapLock().unlockShared();
        }
      }
      if (candidates.isEmpty()) {
        leave(mm);
        return;
      }
      try {
        if (policy.ranks()) {
          lookAtBest(mm, candidates);
        } else {
          lookAt(mm, candidates.getFirst(), factsOf(mm, candidates.getFirst()));
        }
      } finally {
        candidates.forEach(candidate -> candidate.mapping().letGo());
        spaces.moveTo(mm, candidates.getLast().address() + eligibility.hugeBytes());
      }
      if (mm.isExiting()) {
        leave(mm);
      }
    }

    /** Finds the next ranges to look at and holds their files. The mmap lock is held. */
    private List<Candidate> nextCandidates(MemoryDescriptor mm, long fromAddress, int most) {
      List<Candidate> found = new ArrayList<>();
      long from = fromAddress;
      Vma vma = mm.nextVma(from);
      while (vma != null && found.size() < most && !mm.isExiting()) {
        Mapping mapping = vma.mapping();
        if (mapping != null && eligibility.permits(vma, CollapseTrigger.DAEMON)) {
          long address = higher(eligibility.alignUp(vma.range().start()), from);
          while (found.size() < most && eligibility.fits(vma, address)) {
            mapping.hold();
            boolean advised = vma.has(VmaFlag.HUGEPAGE);
            found.add(new Candidate(address, mapping, vma.indexOf(address), advised));
            address += eligibility.hugeBytes();
          }
        }
        if (found.size() < most) {
          pages++;
          from = vma.range().end();
          vma = mm.nextVma(from);
        }
      }
      return found;
    }

    private CollapseCandidate factsOf(MemoryDescriptor mm, Candidate candidate) {
      PageRange range = fileScan.rangeFrom(candidate.firstIndex());
      AddressRange addresses = new AddressRange(candidate.address(), eligibility.hugeBytes());
      CollapseCandidate.Builder facts =
          CollapseCandidate.of(CollapseTrigger.DAEMON, mm.id(), addresses, range)
              .advised(candidate.advised())
              .configuredLimits(CollapseLimits.of(tunables.get()));
      policy.facts().gather(candidate.mapping(), range, facts);
      return facts.build();
    }

    /** Lets the policy rank, and looks at the first ones until the pages of the round are used. */
    private void lookAtBest(MemoryDescriptor mm, List<Candidate> candidates) {
      Map<CollapseCandidate, Candidate> byFacts = new HashMap<>();
      List<CollapseCandidate> unranked = new ArrayList<>();
      for (Candidate candidate : candidates) {
        CollapseCandidate facts = factsOf(mm, candidate);
        unranked.add(facts);
        byFacts.put(facts, candidate);
      }
      for (CollapseCandidate facts : policy.rank(unranked, budget)) {
        Candidate candidate = byFacts.get(facts);
        if (candidate == null || pages >= budget || mm.isExiting()) {
          return;
        }
        if (isStillThere(mm, candidate)) {
          lookAt(mm, candidate, facts);
        }
      }
    }

    /** Returns whether the range is still mapped and may be huge; ranking may have taken long. */
    private boolean isStillThere(MemoryDescriptor mm, Candidate candidate) {
      if (!mm.mmapLock().tryLockShared()) {
        return false;
      }
      try {
        Vma vma = mm.findVma(candidate.address());
        return vma != null
            && candidate.mapping().equals(vma.mapping())
            && eligibility.fits(vma, candidate.address())
            && vma.indexOf(candidate.address()) == candidate.firstIndex()
            && eligibility.permits(vma, CollapseTrigger.DAEMON);
      } finally {
        mm.mmapLock().unlockShared();
      }
    }

    private void lookAt(MemoryDescriptor mm, Candidate candidate, CollapseCandidate facts) {
      pages += (int) (eligibility.hugeBytes() >>> Pages.SHIFT);
      if (!(policy.about(facts) instanceof CollapseDecision.Collapse decision)) {
        return;
      }
      ScanResult found =
          fileScan.scan(
              mm,
              candidate.mapping(),
              candidate.firstIndex(),
              decision.limits(),
              CollapseTrigger.DAEMON);
      if (found == ScanResult.PTE_MAPPED_HUGEPAGE) {
        found = retractTable(mm, candidate.address());
      }
      result = found;
      ledger.looked(CollapseTrigger.DAEMON, found);
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
