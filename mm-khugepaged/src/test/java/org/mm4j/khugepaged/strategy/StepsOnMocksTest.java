/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.khugepaged.strategy.MockedCollapse.END;
import static org.mm4j.khugepaged.strategy.MockedCollapse.START;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.ScanResult;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.Mapping;
import org.mm4j.sync.Fences;
import org.mockito.InOrder;

/**
 * Every step of each strategy, call by call, on mocks of {@code org.mm4j.spi}: the contracts
 * suffice. The order of the calls is that of the kernel's function; what differs between the
 * strategies is in {@code docs/ARCHITECTURE.md}.
 */
final class StepsOnMocksTest {
  private final MockedCollapse collapse = new MockedCollapse();

  static Stream<CollapseStrategy> all() {
    return Stream.of(
        new LinuxStrategy(),
        new LinuxAsMergedStrategy(),
        new SeedV2Strategy(),
        new PreFixStrategy());
  }

  static Stream<CollapseStrategy> modern() {
    return Stream.of(new LinuxStrategy(), new LinuxAsMergedStrategy());
  }

  static Stream<CollapseStrategy> old() {
    return Stream.of(new SeedV2Strategy(), new PreFixStrategy());
  }

  // ------------------------------------------------------------ steps of all

  @ParameterizedTest
  @MethodSource("all")
  void rule_4_10_step1AllocatesBeforeItTouchesAnything(CollapseStrategy strategy) {
    when(collapse.session.allocateTarget()).thenReturn(ScanResult.CGROUP_CHARGE_FAIL);
    collapse.assertRefused(ScanResult.CGROUP_CHARGE_FAIL, strategy);
    verifyNoInteractions(collapse.cursor, collapse.reverseMap, collapse.first, collapse.second);
  }

  @ParameterizedTest
  @MethodSource("all")
  void rule_4_2_step3ReservesNodesUnderTheLock(CollapseStrategy strategy) {
    when(collapse.cursor.reserveNodes()).thenReturn(false);
    collapse.assertRefused(ScanResult.FAIL, strategy);
    InOrder order = inOrder(collapse.cursor);
    order.verify(collapse.cursor).lock();
    order.verify(collapse.cursor).reserveNodes();
    verify(collapse.cursor, never()).load(anyLong());
  }

  @ParameterizedTest
  @MethodSource("all")
  void rule_4_4_step4RefusesARangeWithoutAnyEntry(CollapseStrategy strategy) {
    when(collapse.cursor.load(START)).thenReturn(null);
    when(collapse.cursor.anyEntry(START, END - 1)).thenReturn(false);
    collapse.assertRefused(ScanResult.TRUNCATED, strategy);
  }

  @ParameterizedTest
  @MethodSource("all")
  void rule_4_6_step4OnlyTriesForAFolioLock(CollapseStrategy strategy) {
    when(collapse.second.tryLock()).thenReturn(false);
    collapse.assertRefused(ScanResult.PAGE_LOCK, strategy);
    verify(collapse.first, never()).lock();
    verify(collapse.second, never()).lock();
    verify(collapse.second, never()).unlock();
  }

  @ParameterizedTest
  @MethodSource("all")
  void rule_4_5_step4LooksAgainWhetherThePageIsInTheFile(CollapseStrategy strategy) {
    Mapping other = mock(Mapping.class);
    when(collapse.second.mapping()).thenReturn(other);
    collapse.assertRefused(ScanResult.TRUNCATED, strategy);
    assertGivenBack();
    verify(collapse.second, never()).isolate();
  }

  @ParameterizedTest
  @MethodSource("all")
  void rule_4_5_step4DoesNotCollapseTheHugePage(CollapseStrategy strategy) {
    when(collapse.first.pageCount()).thenReturn(4);
    collapse.assertRefused(ScanResult.PTE_MAPPED_HUGEPAGE, strategy);
  }

  @ParameterizedTest
  @MethodSource("all")
  void rule_4_7_step4IsolatesBeforeItUnmaps(CollapseStrategy strategy) {
    when(collapse.second.isolate()).thenReturn(false);
    collapse.assertRefused(ScanResult.DEL_PAGE_LRU, strategy);
    assertGivenBack();
    verify(collapse.reverseMap, never()).unmap(eq(collapse.second), any());
    verify(collapse.second, never()).putBack();
  }

  @ParameterizedTest
  @MethodSource("all")
  void rule_4_3_step4PutsAPageBackWhoseDataMustStay(CollapseStrategy strategy) {
    when(collapse.operations.releasePrivate(collapse.second)).thenReturn(false);
    collapse.assertRefused(ScanResult.PAGE_HAS_PRIVATE, strategy);
    verify(collapse.second).putBack();
    assertGivenBack();
  }

  @ParameterizedTest
  @MethodSource("modern")
  void rule_4_8_step4CountsReferencesAfterUnmappingUnderTheLock(CollapseStrategy strategy) {
    when(collapse.second.references()).thenReturn(4);
    collapse.assertRefused(ScanResult.PAGE_COUNT, strategy);
    InOrder order = inOrder(collapse.reverseMap, collapse.cursor, collapse.second, collapse.tlb);
    order.verify(collapse.reverseMap).unmap(collapse.second, collapse.tlb);
    order.verify(collapse.cursor).lock();
    order.verify(collapse.second).references();
    order.verify(collapse.cursor).unlock();
    order.verify(collapse.tlb).flush();
    order.verify(collapse.second).putBack();
    assertGivenBack();
  }

  @ParameterizedTest
  @MethodSource("old")
  void rule_4_8_step4FreezesReferencesInTheOldAlgorithms(CollapseStrategy strategy) {
    when(collapse.second.freeze(3)).thenReturn(false);
    collapse.assertRefused(ScanResult.PAGE_COUNT, strategy);
    verify(collapse.second).putBack();
    assertGivenBack();
  }

  /** Unlocked, and the one reference of the strategy is given back. */
  private void assertGivenBack() {
    verify(collapse.second).unlock();
    verify(collapse.second).put(1);
    verify(collapse.session, never()).addSource(collapse.second);
  }

  @ParameterizedTest
  @MethodSource("all")
  void rule_4_13_step4BringsInWhatIsNotReadable(CollapseStrategy strategy) {
    when(collapse.second.isUpToDate()).thenReturn(false);
    when(collapse.operations.bringIn(START + 2)).thenReturn(BringIn.Absent.IO_ERROR);
    collapse.assertRefused(ScanResult.FAIL, strategy);
    verify(collapse.operations).bringIn(START + 2);
    verify(collapse.second, never()).tryLock();
  }

  @ParameterizedTest
  @MethodSource("all")
  void rule_4_10_step8RefusesWhatTheFileMayNotHave(CollapseStrategy strategy) {
    when(collapse.session.chargeHoles(anyLong())).thenReturn(false);
    collapse.assertRefused(ScanResult.FAIL, strategy);
  }

  @ParameterizedTest
  @MethodSource("all")
  void rule_4_1_collapsesOnContractsAlone(CollapseStrategy strategy) {
    assertEquals(ScanResult.SUCCEED, collapse.run(strategy, (order, fences) -> {}));
    verify(collapse.session).committed();
    verify(collapse.session, never()).rollBack();
    assertTrue(collapse.sources.isEmpty(), "every source was freed");
  }

  // ------------------------------------------------------------ linux

  @ParameterizedTest
  @MethodSource("modern")
  void rule_4_9_steps4To9FlushThenChargeThenCopy(CollapseStrategy strategy) {
    collapse.run(
        strategy,
        (order, fences) -> {
          order.verify(collapse.cursor).lock();
          order.verify(collapse.first).tryLock();
          order.verify(collapse.first).tryGet();
          order.verify(collapse.cursor).unlock();
          order.verify(collapse.first).isolate();
          order.verify(collapse.cursor).lock();
          order.verify(collapse.session).addSource(collapse.first);
          order.verify(collapse.second).isolate();
          order.verify(collapse.reverseMap).unmap(collapse.second, collapse.tlb);
          order.verify(collapse.session).addSource(collapse.second);
          order.verify(collapse.cursor).unlock();
          order.verify(collapse.tlb).flush();
          order.verify(collapse.session).chargeHoles(2);
          order.verify(collapse.target).copyPage(0, collapse.first, 0);
          order.verify(collapse.target).clearPage(1);
          order.verify(collapse.target).copyPage(2, collapse.second, 0);
          order.verify(collapse.target).clearPage(3);
          order.verify(collapse.reverseMap).lockShared();
        });
  }

  @Test
  void rule_4_17_step10TakesTheHolesThenFencesThenAsks() {
    collapse.run(
        new LinuxStrategy(),
        (order, fences) -> {
          order.verify(collapse.reverseMap).lockShared();
          order.verify(collapse.cursor).lock();
          order.verify(collapse.cursor).storePlaceholder(START + 1);
          order.verify(collapse.cursor).storePlaceholder(START + 3);
          order.verify(fences, Fences::full);
          order.verify(collapse.reverseMap).overlapping(eq(START), eq(END), any());
          order.verify(collapse.reverseMap).unlockShared();
          order.verify(collapse.cursor).storeWhole(collapse.target);
        });
  }

  @Test
  void rule_4_17_step10OfTheMergedVersionHasNoFence() {
    collapse.run(
        new LinuxAsMergedStrategy(),
        (order, fences) -> {
          order.verify(collapse.cursor).storePlaceholder(START + 3);
          order.verify(collapse.reverseMap).overlapping(eq(START), eq(END), any());
          fences.verifyNoInteractions();
        });
  }

  @ParameterizedTest
  @MethodSource("modern")
  void rule_4_12_step9RefusesALostPageBeforeAnythingIsStored(CollapseStrategy strategy) {
    when(collapse.target.copyPage(2, collapse.second, 0)).thenReturn(false);
    collapse.assertRefused(ScanResult.COPY_MC, strategy);
    verify(collapse.cursor, never()).storePlaceholder(anyLong());
  }

  @ParameterizedTest
  @MethodSource("modern")
  void rule_4_14_step10RefusesIfAPlaceholderCannotBeStored(CollapseStrategy strategy) {
    when(collapse.cursor.storePlaceholder(START + 3)).thenReturn(false);
    collapse.assertRefused(ScanResult.STORE_FAILED, strategy);
    verify(collapse.reverseMap).unlockShared();
    verify(collapse.reverseMap, never()).overlapping(anyLong(), anyLong(), any());
  }

  @ParameterizedTest
  @MethodSource("modern")
  void rule_4_15_step10CountsAgain(CollapseStrategy strategy) {
    when(collapse.cursor.load(START + 1)).thenReturn(null, collapse.first);
    collapse.assertRefused(ScanResult.PAGE_FILLED, strategy);
    verify(collapse.reverseMap).unlockShared();
  }

  @ParameterizedTest
  @MethodSource("modern")
  void rule_4_16_step10RefusesAWatcherAndKeepsTheLockForTheRollBack(CollapseStrategy strategy) {
    collapse.isWatched();
    collapse.assertRefused(ScanResult.EXCEED_NONE_PTE, strategy);
    assertTrue(collapse.cursor.isLocked(), "until the placeholders are gone");
    verify(collapse.reverseMap).unlockShared();
  }

  @ParameterizedTest
  @MethodSource("modern")
  void rule_4_18_step10IsLeftOutWithoutHoles(CollapseStrategy strategy) {
    when(collapse.cursor.load(START + 1)).thenReturn(collapse.first);
    when(collapse.cursor.load(START + 3)).thenReturn(collapse.second);
    collapse.isWatched();
    assertEquals(ScanResult.SUCCEED, collapse.run(strategy, (order, fences) -> {}));
    verify(collapse.reverseMap, never()).overlapping(anyLong(), anyLong(), any());
  }

  @ParameterizedTest
  @MethodSource("modern")
  void rule_4_21_steps11To15CommitOnceThenRetractThenFree(CollapseStrategy strategy) {
    collapse.run(
        strategy,
        (order, fences) -> {
          order.verify(collapse.target).markUpToDate();
          order.verify(collapse.target).get(3);
          order.verify(collapse.target).markDirty();
          order.verify(collapse.target).addToLru();
          order.verify(collapse.cursor).storeWhole(collapse.target);
          order.verify(collapse.session).committed();
          order.verify(collapse.cursor).unlock();
          order.verify(collapse.reverseMap).retractPageTables(START);
          order.verify(collapse.target).unlock();
          order.verify(collapse.first).detach();
          order.verify(collapse.first).unlock();
          order.verify(collapse.first).put(3);
          order.verify(collapse.second).put(3);
        });
    verify(collapse.cursor, times(1)).storeWhole(any());
    verify(collapse.cursor, never()).store(anyLong(), any());
    verify(collapse.cursor, never()).erase(anyLong());
  }

  // ------------------------------------------------------------ before 6.4

  @Test
  void rule_4_25_seedV2ReplacesPagesRecountsAndAsksForTheFirstPageOnly() {
    collapse.run(
        new SeedV2Strategy(),
        (order, fences) -> {
          order.verify(collapse.first).freeze(3);
          order.verify(collapse.session).addSource(collapse.first);
          order.verify(collapse.cursor).store(START, collapse.target);
          order.verify(collapse.session).chargeHoles(1);
          order.verify(collapse.reverseMap).unmap(collapse.second, collapse.tlb);
          order.verify(collapse.second).freeze(3);
          order.verify(collapse.cursor).store(START + 2, collapse.target);
          order.verify(collapse.session).chargeHoles(1);
          order.verify(collapse.cursor).unlock();
          order.verify(collapse.reverseMap).lockShared();
          order.verify(collapse.cursor).lock();
          order.verify(collapse.cursor).load(START);
          order.verify(fences, Fences::acquire);
          order.verify(collapse.reverseMap).overlapping(eq(START), eq(START), any());
          verifyEarlyEnd(order);
          order.verify(collapse.reverseMap).retractPageTables(START);
          order.verify(collapse.target).unlock();
          fences.verify(Fences::full, never());
        });
    verify(collapse.cursor, never()).store(eq(START + 1), any());
    verify(collapse.cursor, never()).storePlaceholder(anyLong());
  }

  @Test
  void rule_4_15_seedV2CountsAgain() {
    when(collapse.cursor.load(START + 1)).thenReturn(null, collapse.first);
    collapse.assertRefused(ScanResult.PAGE_FILLED, new SeedV2Strategy());
    verify(collapse.reverseMap).unlockShared();
  }

  @Test
  void rule_4_16_seedV2RefusesAWatcher() {
    collapse.isWatched();
    collapse.assertRefused(ScanResult.EXCEED_NONE_PTE, new SeedV2Strategy());
    verify(collapse.reverseMap).unlockShared();
  }

  @Test
  void rule_4_25_preFixStoresTheHugePageInEverySlotAndAsksNobody() {
    collapse.run(
        new PreFixStrategy(),
        (order, fences) -> {
          order.verify(collapse.first).freeze(3);
          order.verify(collapse.cursor).store(START, collapse.target);
          order.verify(collapse.session).chargeHoles(1);
          order.verify(collapse.cursor).store(START + 1, collapse.target);
          order.verify(collapse.second).freeze(3);
          order.verify(collapse.cursor).store(START + 2, collapse.target);
          order.verify(collapse.session).chargeHoles(1);
          order.verify(collapse.cursor).store(START + 3, collapse.target);
          verifyEarlyEnd(order);
          order.verify(collapse.reverseMap).retractPageTables(START);
          order.verify(collapse.target).unlock();
          fences.verifyNoInteractions();
        });
    verify(collapse.reverseMap, never()).overlapping(anyLong(), anyLong(), any());
    verify(collapse.reverseMap, never()).lockShared();
  }

  /** Commit first, copy later: what the two old algorithms share, and what is wrong with it. */
  private void verifyEarlyEnd(InOrder order) {
    order.verify(collapse.cursor).storeWhole(collapse.target);
    order.verify(collapse.session).committed();
    order.verify(collapse.cursor).unlock();
    order.verify(collapse.tlb).flush();
    order.verify(collapse.target).copyPage(0, collapse.first, 0);
    order.verify(collapse.first).detach();
    order.verify(collapse.first).unfreeze(1);
    order.verify(collapse.first).unlock();
    order.verify(collapse.first).put(1);
    order.verify(collapse.target).clearPage(1);
    order.verify(collapse.target).copyPage(2, collapse.second, 0);
    order.verify(collapse.second).put(1);
    order.verify(collapse.target).clearPage(3);
    order.verify(collapse.target).markUpToDate();
    order.verify(collapse.target).get(3);
  }
}
