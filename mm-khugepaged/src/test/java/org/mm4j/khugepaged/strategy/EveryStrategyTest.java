/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.khugepaged.fake.FakeKernel.END;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_ORDER;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_PAGES;
import static org.mm4j.khugepaged.fake.FakeKernel.START;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.ScanResult;
import org.mm4j.khugepaged.fake.FakeFolio;
import org.mm4j.khugepaged.fake.FakeKernel;
import org.mm4j.khugepaged.fake.StepLog;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.CollapseStrategy;

/** What all strategies do, the wrong ones included. */
final class EveryStrategyTest extends StrategyTestSupport {
  @ParameterizedTest
  @MethodSource("all")
  void makesAFullRangeHuge(CollapseStrategy strategy) {
    kernel.fillRangeExcept();
    kernel.map(START + 1, 3);
    assertEquals(ScanResult.SUCCEED, collapse(strategy));
    assertHuge(Set.of());
    assertEquals(List.of(START), kernel.file.reverseMap.retracted);
  }

  @ParameterizedTest
  @MethodSource("all")
  void fillsUnwatchedHolesWithZeroesAndChargesThem(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 2, START + 3, END - 1);
    assertEquals(ScanResult.SUCCEED, collapse(strategy));
    assertHuge(Set.of(START + 2, START + 3, END - 1));
  }

  @ParameterizedTest
  @MethodSource("all")
  void acceptsAHoleAtTheFirstIndexIfAnotherPageIsThere(CollapseStrategy strategy) {
    kernel.page(END - 1, END - 1);
    assertEquals(ScanResult.SUCCEED, collapse(strategy));
    assertHuge(Set.of(START, START + 1, START + 2, START + 3, START + 4, START + 5, START + 6));
  }

  @ParameterizedTest
  @MethodSource("all")
  void bringsInSwappedAndUntouchedPages(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START, START + 5);
    kernel.swapOut(START);
    kernel.untouchedPage(START + 5);
    assertEquals(ScanResult.SUCCEED, collapse(strategy));
    assertHuge(Set.of(START + 5));
  }

  @ParameterizedTest
  @MethodSource("all")
  void leavesTheNeighboursAlone(CollapseStrategy strategy) {
    kernel.fillRangeExcept();
    FakeFolio below = kernel.page(START - 1, 7);
    FakeFolio above = kernel.page(END, 8);
    assertEquals(ScanResult.SUCCEED, collapse(strategy));
    assertEquals(below, kernel.at(START - 1));
    assertEquals(above, kernel.at(END));
  }

  @ParameterizedTest
  @MethodSource("all")
  void truncatedIfThereIsNoPageAtAll(CollapseStrategy strategy) {
    kernel.page(END, 1);
    assertRefused(ScanResult.TRUNCATED, strategy);
  }

  @ParameterizedTest
  @MethodSource("all")
  void truncatedIfAPageLeftTheFileAfterTheLook(CollapseStrategy strategy) {
    kernel.fillRangeExcept();
    FakeFolio page = kernel.at(START + 4);
    page.lock();
    page.detach();
    page.unlock();
    assertRefused(ScanResult.TRUNCATED, strategy);
  }

  @ParameterizedTest
  @MethodSource("all")
  void allocationFails(CollapseStrategy strategy) {
    kernel.fillRangeExcept();
    kernel.refusal = Allocation.Refused.NO_MEMORY;
    assertRefused(ScanResult.ALLOC_HUGE_PAGE_FAIL, strategy);
  }

  @ParameterizedTest
  @MethodSource("all")
  void accountIsFull(CollapseStrategy strategy) {
    kernel.fillRangeExcept();
    kernel.refusal = Allocation.Refused.CHARGE_REFUSED;
    assertRefused(ScanResult.CGROUP_CHARGE_FAIL, strategy);
  }

  @ParameterizedTest
  @MethodSource("all")
  void nodesFail(CollapseStrategy strategy) {
    kernel.fillRangeExcept();
    kernel.file.cache.nodesAvailable = false;
    assertRefused(ScanResult.FAIL, strategy);
  }

  @ParameterizedTest
  @MethodSource("all")
  void fileIsFull(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 3, START + 6);
    kernel.file.limitPages = kernel.file.chargedPages + 1;
    assertRefused(ScanResult.FAIL, strategy);
  }

  @ParameterizedTest
  @MethodSource("all")
  void pageCannotBeBroughtIn(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 3, START + 4);
    kernel.swapOut(START + 4);
    kernel.file.readable = false;
    assertRefused(ScanResult.FAIL, strategy);
  }

  @ParameterizedTest
  @MethodSource("all")
  void pageIsLocked(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 1);
    kernel.at(END - 1).lock();
    assertRefused(ScanResult.PAGE_LOCK, strategy);
  }

  @ParameterizedTest
  @MethodSource("all")
  void pageIsPinned(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 1);
    kernel.at(END - 1).get(1);
    kernel.map(START + 2, 2);
    assertRefused(ScanResult.PAGE_COUNT, strategy);
    assertTrue(log.steps().contains(CollapseStep.UNMAP));
  }

  /** The fake requires that no page is unlocked before its removed translations are flushed. */
  @ParameterizedTest
  @MethodSource("all")
  void rule_5_7_pageIsPinnedAndMapped(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 1);
    kernel.at(END - 1).get(1);
    kernel.map(END - 1, 2);
    assertEquals(ScanResult.PAGE_COUNT, collapse(strategy));
    assertFalse(kernel.at(END - 1).isLocked());
  }

  @ParameterizedTest
  @MethodSource("all")
  void pageIsNotOnTheLru(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 1);
    kernel.at(END - 1).isolate();
    assertRefused(ScanResult.DEL_PAGE_LRU, strategy);
  }

  @ParameterizedTest
  @MethodSource("all")
  void privateDataMustBeKept(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 1);
    kernel.file.privateIsReleasable = false;
    assertRefused(ScanResult.PAGE_HAS_PRIVATE, strategy);
  }

  @ParameterizedTest
  @MethodSource("all")
  void hugeAlready(CollapseStrategy strategy) {
    kernel.folio(HUGE_ORDER, START);
    assertRefused(ScanResult.PTE_MAPPED_HUGEPAGE, strategy);
  }

  @ParameterizedTest
  @MethodSource("all")
  void filesWithADiskNeedTheirHolesReadAndTheirPagesClean(CollapseStrategy strategy) {
    kernel.file.fillsHoles = false;
    kernel.fillRangeExcept(START + 3);
    kernel.file.cache.beforeScan = () -> {};
    kernel.at(START + 5).markDirty();
    assertEquals(ScanResult.FAIL, collapse(strategy));
    assertEquals(START + 3, kernel.at(START + 3).content(0), "read, and not undone");
    assertNothingHeld();
  }

  /** The first to be told of a fault is the session, whatever the strategy was doing. */
  @ParameterizedTest
  @MethodSource("all")
  void rule_5_3_losesNothingIfItThrowsAtAnyStep(CollapseStrategy strategy) {
    Scenario scenario = new Scenario();
    scenario.run(strategy, new StepLog());
    int steps = scenario.log.steps().size();
    assertTrue(steps > 2 * HUGE_PAGES, "the scenario has holes, and mapped pages");
    for (int number = 0; number < steps; number++) {
      Scenario broken = new Scenario();
      String before = broken.kernel.book();
      StepLog faulty = new StepLog().throwingAt(number);
      assertEquals(ScanResult.FAIL, broken.run(strategy, faulty), "step " + number);
      String where = strategy.name() + " threw at " + faulty.steps();
      if (faulty.isCommitted()) {
        broken.assertCommittedAndReleased(where);
      } else {
        assertEquals(before, broken.kernel.book(), where);
      }
    }
  }

  /** A throw within the roll-back must not keep it from being done. */
  @ParameterizedTest
  @MethodSource("all")
  void losesNothingIfItThrowsWhileRollingBack(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 1);
    kernel.at(END - 1).get(1);
    log.before(
        CollapseStep.ROLL_BACK,
        () -> {
          throw new IllegalStateException("injected");
        });
    assertRefused(ScanResult.FAIL, strategy);
  }

  @Test
  void namesAreThoseOfTheContract() {
    assertEquals(
        List.of("linux", "linux-as-merged", "seed-v2", "pre-fix"),
        all().stream().map(CollapseStrategy::name).toList());
  }

  /** Holes, a swapped page that has been brought in, translations. */
  private static final class Scenario {
    private final FakeKernel kernel = new FakeKernel();
    private StepLog log = new StepLog();

    Scenario() {
      kernel.fillRangeExcept(START, START + 3, END - 1);
      kernel.map(START + 2, 2);
    }

    ScanResult run(CollapseStrategy strategy, StepLog interceptor) {
      log = interceptor;
      return kernel
          .engine(strategy, interceptor)
          .collapse(kernel.newMemory(), kernel.file, START, org.mm4j.CollapseTrigger.DAEMON);
    }

    void assertCommittedAndReleased(String where) {
      FakeFolio huge = kernel.at(START);
      assertEquals(HUGE_ORDER, huge.order(), where);
      assertFalse(huge.isLocked(), where);
      assertEquals(HUGE_PAGES, huge.references(), where);
      assertTrue(kernel.book().contains("page cache unlocked"), where);
      assertTrue(kernel.book().contains("reverse map holders 0"), where);
      assertTrue(kernel.book().contains("translations flushed"), where);
      assertEquals(1, kernel.book().lines().filter(l -> l.startsWith("folio")).count(), where);
      if (huge.isUpToDate()) {
        assertEquals(START + 2, huge.content(2), where);
        assertEquals(0, huge.content(3), where);
      } else {
        assertTrue(huge.isPoisoned(), where);
        assertThrows(IllegalStateException.class, () -> huge.content(0), where);
      }
    }
  }
}
