/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.khugepaged.fake.FakeKernel.END;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_ORDER;
import static org.mm4j.khugepaged.fake.FakeKernel.START;
import static org.mm4j.spi.CollapseStep.ALLOCATE;
import static org.mm4j.spi.CollapseStep.CHARGE_HOLES;
import static org.mm4j.spi.CollapseStep.CHECK_USERFAULT;
import static org.mm4j.spi.CollapseStep.COMMIT;
import static org.mm4j.spi.CollapseStep.COPY;
import static org.mm4j.spi.CollapseStep.COUNT_REFERENCES;
import static org.mm4j.spi.CollapseStep.FLUSH;
import static org.mm4j.spi.CollapseStep.FREE_SOURCES;
import static org.mm4j.spi.CollapseStep.ISOLATE;
import static org.mm4j.spi.CollapseStep.RECOUNT;
import static org.mm4j.spi.CollapseStep.REPLACE_SLOT;
import static org.mm4j.spi.CollapseStep.RESERVE_NODES;
import static org.mm4j.spi.CollapseStep.RETRACT;
import static org.mm4j.spi.CollapseStep.SCAN_SLOT;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.ScanResult;
import org.mm4j.khugepaged.fake.FakeFolio;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.sync.Fences;
import org.mockito.MockedStatic;
import org.mockito.Mockito;

/** What the strategies before 6.4 do, and what they are documented to do wrong. */
final class OldStrategiesTest extends StrategyTestSupport {
  private static final List<CollapseStep> PAGE =
      List.of(SCAN_SLOT, ISOLATE, COUNT_REFERENCES, REPLACE_SLOT);
  private static final List<CollapseStep> COPIED = List.of(COPY, FREE_SOURCES);

  @Test
  void preFixAnnouncesItsStepsInOrder() {
    kernel.fillRangeExcept(START + 1);
    collapse(new PreFixStrategy());
    List<CollapseStep> expected = new ArrayList<>(List.of(ALLOCATE, RESERVE_NODES));
    expected.addAll(PAGE);
    expected.addAll(List.of(SCAN_SLOT, CHARGE_HOLES, REPLACE_SLOT));
    Collections.nCopies(6, PAGE).forEach(expected::addAll);
    expected.addAll(List.of(COMMIT, FLUSH));
    Collections.nCopies(7, COPIED).forEach(expected::addAll);
    expected.add(RETRACT);
    assertEquals(expected, log.steps());
  }

  @Test
  void seedV2AnnouncesItsStepsInOrder() {
    kernel.fillRangeExcept(START + 1);
    collapse(new SeedV2Strategy());
    List<CollapseStep> expected = new ArrayList<>(List.of(ALLOCATE, RESERVE_NODES));
    expected.addAll(PAGE);
    expected.addAll(List.of(SCAN_SLOT, CHARGE_HOLES));
    Collections.nCopies(6, PAGE).forEach(expected::addAll);
    expected.addAll(List.of(RECOUNT, CHECK_USERFAULT, COMMIT, FLUSH));
    Collections.nCopies(7, COPIED).forEach(expected::addAll);
    expected.add(RETRACT);
    assertEquals(expected, log.steps());
  }

  @Test
  void preFixFillsAWatchedHole() {
    kernel.fillRangeExcept(START + 6);
    watch(START, 8);
    assertEquals(ScanResult.SUCCEED, collapse(new PreFixStrategy()));
    assertHuge(Set.of(START + 6));
  }

  /** {@code UFFDIO_COPY} finds the hole filled, and after the roll-back it is a hole again. */
  @Test
  void preFixShowsAPageInAHoleThatComesBack() {
    kernel.fillRangeExcept(START + 1);
    kernel.at(END - 1).get(1);
    List<Integer> ordersSeen = new ArrayList<>();
    log.before(FLUSH, () -> ordersSeen.add(-1));
    log.before(
        COUNT_REFERENCES,
        () -> {
          if (kernel.at(START + 1) != null) {
            ordersSeen.add(kernel.at(START + 1).order());
          }
        });
    assertRefused(ScanResult.PAGE_COUNT, new PreFixStrategy());
    assertEquals(Collections.nCopies(6, HUGE_ORDER), ordersSeen);
    assertNull(kernel.at(START + 1));
  }

  @Test
  void seedV2RefusesAWatcherOfTheFirstPage() {
    kernel.fillRangeExcept(START + 6);
    watch(START, 1);
    assertRefused(ScanResult.EXCEED_NONE_PTE, new SeedV2Strategy());
  }

  @Test
  void seedV2MissesAWatcherOfAnyLaterPage() {
    kernel.fillRangeExcept(START + 6);
    watch(START + 1, 7);
    assertEquals(ScanResult.SUCCEED, collapse(new SeedV2Strategy()));
    assertHuge(Set.of(START + 6));
  }

  @Test
  void seedV2LeavesHolesVisibleUntilTheCommit() {
    kernel.fillRangeExcept(START + 6);
    log.before(COMMIT, () -> assertNull(kernel.at(START + 6)));
    assertEquals(ScanResult.SUCCEED, collapse(new SeedV2Strategy()));
  }

  @Test
  void seedV2HasAReadBarrierAndNoFullFence() {
    kernel.fillRangeExcept(START + 6);
    try (MockedStatic<Fences> fences = Mockito.mockStatic(Fences.class)) {
      assertEquals(ScanResult.SUCCEED, collapse(new SeedV2Strategy()));
      fences.verify(Fences::acquire);
      fences.verifyNoMoreInteractions();
    }
  }

  @Test
  void seedV2CountsAgainAndKeepsWhatWasFilledMeanwhile() {
    kernel.fillRangeExcept(START + 2, START + 6);
    log.before(RECOUNT, () -> kernel.page(START + 2, 4711));
    assertEquals(ScanResult.PAGE_FILLED, collapse(new SeedV2Strategy()));
    assertEquals(4711, kernel.at(START + 2).content(0));
    assertNull(kernel.at(START + 6));
    assertEquals(7, kernel.file.cache.presentPages());
    assertEquals(7, kernel.file.chargedPages);
    assertNothingHeld();
  }

  @ParameterizedTest
  @MethodSource("old")
  void presentPagesLookMissingMeanwhile(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 6);
    List<Boolean> readable = new ArrayList<>();
    log.before(COMMIT, () -> readable.add(kernel.at(START).isUpToDate()));
    assertEquals(ScanResult.SUCCEED, collapse(strategy));
    assertEquals(List.of(false), readable);
  }

  @ParameterizedTest
  @MethodSource("old")
  void sourcesAreFrozenUntilTheyAreCopied(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 6);
    FakeFolio first = kernel.at(START);
    log.before(COMMIT, () -> assertFalse(first.tryGet()));
    assertEquals(ScanResult.SUCCEED, collapse(strategy));
  }

  @ParameterizedTest
  @MethodSource("old")
  void largeFoliosAreRefused(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 3, START + 4, START + 5);
    kernel.folio(1, START + 4);
    assertRefused(ScanResult.PAGE_COMPOUND, strategy);
  }

  @ParameterizedTest
  @MethodSource("old")
  void poisonIsFoundTooLate(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 6);
    kernel.at(START + 3).markPoisoned();
    assertEquals(ScanResult.SUCCEED, collapse(strategy));
    assertTrue(kernel.at(START).isPoisoned());
  }
}
