/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_BYTES;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_ORDER;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_PAGES;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.mm4j.CollapseStatistics;
import org.mm4j.Errno;
import org.mm4j.KhugepagedTunables;
import org.mm4j.MemoryException;
import org.mm4j.ScanResult;
import org.mm4j.khugepaged.fake.FakeKernel;
import org.mm4j.khugepaged.fake.FakeMemory;
import org.mm4j.khugepaged.policy.KhugepagedPolicy;
import org.mm4j.khugepaged.strategy.LinuxStrategy;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.VmaFlag;

/** Rounds of khugepaged, one by one on the test's own thread. */
final class KhugepagedTest {
  private static final long BASE = 64 * HUGE_BYTES;

  private final FakeKernel kernel = new FakeKernel();
  private final FakeMemory mm = kernel.newMemory();
  private final HugePageService service =
      new HugePageService(
          kernel.engine(new LinuxStrategy()),
          new KhugepagedPolicy(),
          HUGE_ORDER,
          KhugepagedTunables.linux(HUGE_ORDER));

  private void mapAndFill(FakeMemory into, int hugePages) {
    for (int i = 0; i < hugePages; i++) {
      kernel.fillExcept((long) i * HUGE_PAGES);
    }
    into.map(BASE, hugePages * HUGE_BYTES, kernel.file, 0);
  }

  private boolean isHuge(int number) {
    return kernel.at((long) number * HUGE_PAGES).order() == HUGE_ORDER;
  }

  private CollapseStatistics statistics() {
    return service.statistics();
  }

  @Test
  void nothingToDoIsNoProgress() {
    assertEquals(0, service.scanOnce());
    assertEquals(0, statistics().fullScans());
  }

  @Test
  void collapsesWhatItFindsWithoutInstallingIt() {
    mapAndFill(mm, 2);
    service.enter(mm);
    service.scanOnce();
    assertTrue(isHuge(0) && isHuge(1));
    assertEquals(List.of(), mm.mapHugeCalls, "the next fault installs the huge entry");
    assertEquals(2, statistics().pagesCollapsed());
    assertEquals(2, statistics().collapses());
    assertEquals(2L, statistics().daemonResults().get(ScanResult.SUCCEED));
    assertEquals(1, statistics().fullScans());
    assertTrue(statistics().collapseNanos() > 0);
    assertEquals("linux", statistics().strategy());
  }

  @Test
  void makesRoomForAHugePageOfSomebodyElse() {
    kernel.folio(HUGE_ORDER, 0);
    mm.map(BASE, HUGE_BYTES, kernel.file, 0);
    mm.mapHuge = address -> ScanResult.PMD_MAPPED;
    service.enter(mm);
    service.scanOnce();
    assertEquals(List.of(Long.toHexString(BASE) + " false"), mm.mapHugeCalls);
    assertEquals(1, statistics().pagesCollapsed(), "mapped huge counts as a success");
    assertEquals(0, statistics().collapses(), "but nothing became huge");
  }

  @Test
  void budgetEndsTheRoundAndTheCursorStays() {
    service.tunables(KhugepagedTunables.linux(HUGE_ORDER).withPace(HUGE_PAGES, 0));
    mapAndFill(mm, 3);
    service.enter(mm);
    assertEquals(HUGE_PAGES + 1, service.scanOnce());
    assertTrue(isHuge(0));
    assertFalse(isHuge(1));
    service.scanOnce();
    assertTrue(isHuge(1));
    assertFalse(isHuge(2));
    service.scanOnce();
    assertTrue(isHuge(2));
  }

  @Test
  void rule_7_5_passesOverWhatIsNotEligible() {
    mm.map(BASE - 4 * HUGE_BYTES, HUGE_BYTES, null, 0);
    mm.map(BASE - 2 * HUGE_BYTES, HUGE_BYTES, kernel.file, 0).with(VmaFlag.NOHUGEPAGE);
    mm.map(BASE - HUGE_BYTES + 4096, 4096, kernel.file, 0);
    mapAndFill(mm, 1);
    service.enter(mm);
    service.scanOnce();
    assertTrue(isHuge(0));
  }

  @Test
  void limitsOfHolesAndSwap() {
    kernel.fillExcept(0, 1, 2);
    mm.map(BASE, HUGE_BYTES, kernel.file, 0);
    service.enter(mm);
    service.tunables(KhugepagedTunables.linux(HUGE_ORDER).withMaxPtesNone(1));
    service.scanOnce();
    assertEquals(1L, statistics().daemonResults().get(ScanResult.EXCEED_NONE_PTE));
    service.tunables(KhugepagedTunables.linux(HUGE_ORDER).withMaxPtesNone(2));
    kernel.swapOut(3);
    kernel.swapOut(4);
    service.scanOnce();
    assertEquals(1L, statistics().daemonResults().get(ScanResult.EXCEED_SWAP_PTE));
  }

  @Test
  void exactlyAsManyHolesAsPermittedAreAccepted() {
    kernel.fillExcept(0, 1, 2);
    mm.map(BASE, HUGE_BYTES, kernel.file, 0);
    service.enter(mm);
    service.tunables(KhugepagedTunables.linux(HUGE_ORDER).withMaxPtesNone(2));
    service.scanOnce();
    assertTrue(isHuge(0));
  }

  @Test
  void pinnedAndIsolatedPagesAreFoundByTheLook() {
    mapAndFill(mm, 2);
    kernel.map(1, 2);
    kernel.at(3).get(1);
    kernel.at(HUGE_PAGES).isolate();
    service.enter(mm);
    service.scanOnce();
    assertEquals(1L, statistics().daemonResults().get(ScanResult.PAGE_COUNT));
    assertEquals(1L, statistics().daemonResults().get(ScanResult.PAGE_LRU));
    assertEquals(2, kernel.at(1).mapCount(), "nothing was unmapped");
  }

  @Test
  void rule_7_4_busyAddressSpaceIsPassedOver() throws Exception {
    mapAndFill(mm, 1);
    service.enter(mm);
    mm.mmapLock().lock();
    CompletableFuture.runAsync(service::scanOnce).get();
    mm.mmapLock().unlock();
    assertFalse(isHuge(0));
    assertTrue(statistics().fullScans() > 0);
  }

  @Test
  void severalAddressSpacesTakeTurnsInOrderOfEntry() {
    FakeMemory other = kernel.newMemory();
    mapAndFill(mm, 1);
    kernel.fillExcept(HUGE_PAGES);
    other.map(BASE, HUGE_BYTES, kernel.file, HUGE_PAGES);
    service.enter(mm);
    service.enter(other);
    service.enter(mm);
    service.tunables(KhugepagedTunables.linux(HUGE_ORDER).withPace(HUGE_PAGES, 0));
    service.scanOnce();
    assertTrue(isHuge(0));
    assertFalse(isHuge(1));
    service.scanOnce();
    assertTrue(isHuge(1));
  }

  @Test
  void rule_7_4_exitingAddressSpaceIsDropped() {
    mapAndFill(mm, 2);
    service.enter(mm);
    kernel.file.cache.beforeScan = () -> mm.exiting = true;
    service.scanOnce();
    assertTrue(isHuge(0));
    assertFalse(isHuge(1), "nothing more is looked at");
    mm.exiting = false;
    service.scanOnce();
    assertFalse(isHuge(1), "it is forgotten");
  }

  @Test
  void exitedAddressSpaceIsNotLookedAt() {
    FakeMemory other = kernel.newMemory();
    mapAndFill(mm, 1);
    kernel.fillExcept(HUGE_PAGES);
    other.map(BASE, HUGE_BYTES, kernel.file, HUGE_PAGES);
    service.enter(mm);
    service.enter(other);
    service.exit(mm);
    service.exit(mm);
    service.scanOnce();
    assertFalse(isHuge(0));
    assertTrue(isHuge(1));
  }

  @Test
  void exitedBetweenTwoRoundsTheCursorGoesOnWithTheNext() {
    FakeMemory other = kernel.newMemory();
    mapAndFill(mm, 2);
    kernel.fillExcept(2L * HUGE_PAGES);
    other.map(BASE, HUGE_BYTES, kernel.file, 2L * HUGE_PAGES);
    service.enter(mm);
    service.enter(other);
    service.tunables(KhugepagedTunables.linux(HUGE_ORDER).withPace(HUGE_PAGES, 0));
    service.scanOnce();
    service.exit(mm);
    service.scanOnce();
    assertFalse(isHuge(1));
    assertTrue(isHuge(2));
  }

  /** A scan of the same address space is over when the exit returns. */
  @Test
  void exitWaitsForAScanInProgress() throws Exception {
    mapAndFill(mm, 1);
    service.enter(mm);
    CompletableFuture<Void> scanning = new CompletableFuture<>();
    CompletableFuture<Void> mayGoOn = new CompletableFuture<>();
    kernel.file.cache.beforeScan =
        () -> {
          scanning.complete(null);
          mayGoOn.join();
        };
    CompletableFuture<Integer> round = CompletableFuture.supplyAsync(service::scanOnce);
    scanning.get();
    Thread exit = new Thread(() -> service.exit(mm));
    exit.start();
    while (exit.getState() != Thread.State.WAITING && exit.isAlive()) {
      Thread.onSpinWait();
    }
    assertTrue(exit.isAlive(), "exit returned in the middle of a scan");
    mayGoOn.complete(null);
    exit.join();
    assertTrue(isHuge(0), "the collapse was finished when exit returned");
    round.get();
  }

  @Test
  void noHugePageEndsTheRound() {
    mapAndFill(mm, 3);
    kernel.refusal = Allocation.Refused.NO_MEMORY;
    service.enter(mm);
    service.scanOnce();
    assertEquals(1L, statistics().daemonResults().get(ScanResult.ALLOC_HUGE_PAGE_FAIL));
  }

  @Test
  void failedLookDoesNotStopTheCursor() {
    mapAndFill(mm, 2);
    service.enter(mm);
    kernel.file.cache.beforeScan =
        () -> {
          kernel.file.cache.beforeScan = () -> {};
          throw new IllegalStateException("injected");
        };
    assertThrows(IllegalStateException.class, service::scanOnce);
    service.scanOnce();
    assertTrue(isHuge(1));
  }

  @Test
  void limitsMustBeBelowTheHugePage() {
    KhugepagedTunables before = service.tunables();
    for (KhugepagedTunables wrong :
        List.of(
            new KhugepagedTunables(8, 0, 0, HUGE_PAGES, 0, 0),
            new KhugepagedTunables(8, 0, 0, 0, HUGE_PAGES, 0),
            new KhugepagedTunables(8, 0, 0, 0, 0, HUGE_PAGES))) {
      MemoryException refused = assertThrows(MemoryException.class, () -> service.tunables(wrong));
      assertEquals(Errno.EINVAL, refused.errno());
      assertEquals(HUGE_PAGES, refused.offendingValue());
    }
    assertEquals(before, service.tunables());
  }
}
