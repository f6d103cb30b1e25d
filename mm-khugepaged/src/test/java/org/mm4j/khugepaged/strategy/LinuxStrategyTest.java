/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.mm4j.khugepaged.fake.FakeKernel.END;
import static org.mm4j.khugepaged.fake.FakeKernel.RANGE;
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
import static org.mm4j.spi.CollapseStep.RESERVE_NODES;
import static org.mm4j.spi.CollapseStep.RETRACT;
import static org.mm4j.spi.CollapseStep.SCAN_SLOT;
import static org.mm4j.spi.CollapseStep.STORE_PLACEHOLDERS;
import static org.mm4j.spi.CollapseStep.UNMAP;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.spy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.ScanResult;
import org.mm4j.khugepaged.fake.FakeFile;
import org.mm4j.khugepaged.fake.FakeFolio;
import org.mm4j.khugepaged.fake.FakePageCache;
import org.mm4j.khugepaged.fake.FakeReverseMap;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.Placeholder;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.Fences;
import org.mockito.InOrder;
import org.mockito.MockedStatic;
import org.mockito.Mockito;

/** The algorithm of 6.18. */
final class LinuxStrategyTest extends StrategyTestSupport {
  private static final List<CollapseStep> PAGE = List.of(SCAN_SLOT, ISOLATE, COUNT_REFERENCES);
  private static final List<CollapseStep> MAPPED_PAGE =
      List.of(SCAN_SLOT, ISOLATE, UNMAP, COUNT_REFERENCES);
  private static final List<CollapseStep> HOLE = List.of(SCAN_SLOT);

  @Test
  void announcesEveryStepInTheOrderOfTheKernel() {
    kernel.fillRangeExcept(START + 1);
    kernel.map(START + 2, 1);
    collapse(new LinuxStrategy());
    List<CollapseStep> expected = new ArrayList<>(List.of(ALLOCATE, RESERVE_NODES));
    expected.addAll(PAGE);
    expected.addAll(HOLE);
    expected.addAll(MAPPED_PAGE);
    Collections.nCopies(5, PAGE).forEach(expected::addAll);
    expected.addAll(List.of(FLUSH, CHARGE_HOLES, COPY, STORE_PLACEHOLDERS, RECOUNT));
    expected.addAll(List.of(CHECK_USERFAULT, COMMIT, RETRACT, FREE_SOURCES));
    assertEquals(expected, log.steps());
  }

  @Test
  void asksNobodyIfThereIsNoHole() {
    kernel.fillRangeExcept();
    watch(START, 8);
    assertEquals(ScanResult.SUCCEED, collapse(new LinuxStrategy()));
    assertHuge(Set.of());
  }

  /**
   * Everything between the last page and the commit, call by call: contents before placeholders,
   * the reverse map around the page-cache lock, the fence between store and question.
   */
  @Test
  void takesTheHolesThenFencesThenAsksThenCommits() {
    kernel.fillRangeExcept(START + 1, START + 4);
    FakeFile file = spy(kernel.file);
    FakePageCache.Cursor cursor = spy(kernel.file.cache.cursor(RANGE));
    FakeReverseMap reverseMap = spy(kernel.file.reverseMap);
    FakePageCache cache = spy(kernel.file.cache);
    doReturn(cursor).when(cache).cursor(RANGE);
    doReturn(cache).when(file).pageCache();
    doReturn(reverseMap).when(file).reverseMap();
    for (long index = START; index < END; index++) {
      if (kernel.at(index) != null) {
        kernel.at(index).attach(file, index);
      }
    }
    try (MockedStatic<Fences> fences = mockStatic(Fences.class)) {
      ScanResult result =
          kernel
              .engine(new LinuxStrategy(), log)
              .collapse(null, file, START, org.mm4j.CollapseTrigger.MADVISE);
      assertEquals(ScanResult.SUCCEED, result);
      InOrder order = inOrder(cursor, reverseMap, file, Fences.class);
      order.verify(cursor).lock();
      order.verify(cursor).reserveNodes();
      order.verify(file).charge(2);
      order.verify(reverseMap).lockShared();
      order.verify(cursor).lock();
      order.verify(cursor).storePlaceholder(START + 1);
      order.verify(cursor).storePlaceholder(START + 4);
      order.verify(fences, Fences::full);
      order.verify(reverseMap).overlapping(eq(START), eq(END), any());
      order.verify(reverseMap).unlockShared();
      order.verify(cursor).storeWhole(any(Folio.class));
      order.verify(cursor).unlock();
      order.verify(reverseMap).retractPageTables(START);
    }
    Mockito.verify(cursor, never()).store(anyLong(), any(Folio.class));
    Mockito.verify(cursor, never()).erase(anyLong());
  }

  @Test
  void asMergedHasNoFence() {
    kernel.fillRangeExcept(START + 1);
    try (MockedStatic<Fences> fences = mockStatic(Fences.class)) {
      assertEquals(ScanResult.SUCCEED, collapse(new LinuxAsMergedStrategy()));
      fences.verifyNoInteractions();
    }
  }

  @ParameterizedTest
  @MethodSource("modern")
  void refusesAWatchedHoleWhereverTheWatcherBegins(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 6);
    watch(START + 1, 7);
    assertRefused(ScanResult.EXCEED_NONE_PTE, strategy);
  }

  @Test
  void refusesIfTheWatcherIsNotTheFirstVma() {
    kernel.fillRangeExcept(START + 6);
    kernel.newMemory().map(0x100000, 8 * 4096, kernel.file, START);
    watch(START + 7, 1);
    assertRefused(ScanResult.EXCEED_NONE_PTE, new LinuxStrategy());
  }

  /** A mapping that begins exactly at the end of the range counts as overlapping, as in Linux. */
  @Test
  void quirkOneIndexTooFarIsAsked() {
    kernel.fillRangeExcept(START + 6);
    watch(END, 1);
    assertRefused(ScanResult.EXCEED_NONE_PTE, new LinuxStrategy());
  }

  @Test
  void twoIndicesTooFarIsNotAsked() {
    kernel.fillRangeExcept(START + 6);
    watch(END + 1, 1);
    assertEquals(ScanResult.SUCCEED, collapse(new LinuxStrategy()));
  }

  @Test
  void watcherThatEndsAtTheStartIsNotAsked() {
    kernel.fillRangeExcept(START + 6);
    watch(START - 4, 4);
    assertEquals(ScanResult.SUCCEED, collapse(new LinuxStrategy()));
  }

  @Test
  void watchersOfOtherKindsPromiseNothingAboutHoles() {
    kernel.fillRangeExcept(START + 6);
    kernel
        .newMemory()
        .map(0x100000, 8 * 4096, kernel.file, START)
        .with(VmaFlag.UFFD_WP)
        .with(VmaFlag.UFFD_MINOR);
    assertEquals(ScanResult.SUCCEED, collapse(new LinuxStrategy()));
  }

  @ParameterizedTest
  @MethodSource("modern")
  void pageFilledMeanwhileIsKept(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 2, START + 6);
    log.before(STORE_PLACEHOLDERS, () -> kernel.page(START + 2, 4711));
    assertEquals(ScanResult.PAGE_FILLED, collapse(strategy));
    assertEquals(4711, kernel.at(START + 2).content(0));
    assertEquals(null, kernel.at(START + 6));
    assertEquals(7, kernel.file.cache.presentPages());
    assertEquals(7, kernel.file.chargedPages);
    assertNothingHeld();
  }

  @ParameterizedTest
  @MethodSource("modern")
  void placeholderNeedsMemory(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 2, START + 6);
    kernel.file.cache.placeholdersLeft = 1;
    assertRefused(ScanResult.STORE_FAILED, strategy);
  }

  @ParameterizedTest
  @MethodSource("modern")
  void poisonedPageIsFoundBeforeAnythingIsStored(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 2);
    kernel.at(START + 5).markPoisoned();
    assertRefused(ScanResult.COPY_MC, strategy);
  }

  @ParameterizedTest
  @MethodSource("modern")
  void joinsLargeFoliosPageByPage(CollapseStrategy strategy) {
    kernel.page(START + 1, START + 1);
    kernel.folio(1, START + 2);
    kernel.folio(2, START + 4);
    kernel.map(START + 4, 2);
    assertEquals(ScanResult.SUCCEED, collapse(strategy));
    assertHuge(Set.of(START));
  }

  @ParameterizedTest
  @MethodSource("modern")
  void pinnedLargeFolioIsPutBackWhole(CollapseStrategy strategy) {
    kernel.folio(1, START + 2);
    kernel.folio(2, START + 4).get(1);
    assertRefused(ScanResult.PAGE_COUNT, strategy);
  }

  /** Lock-free readers find every present page, readable, at every step. */
  @ParameterizedTest
  @MethodSource("modern")
  void noPresentPageIsEverMissing(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 2);
    for (CollapseStep step : CollapseStep.values()) {
      log.before(step, this::assertPresentPagesAreReadable);
    }
    assertEquals(ScanResult.SUCCEED, collapse(strategy));
  }

  private void assertPresentPagesAreReadable() {
    for (long index = START; index < END; index++) {
      PageCacheEntry entry = kernel.file.cache.at(index);
      if (index != START + 2) {
        FakeFolio folio = (FakeFolio) entry;
        assertEquals(index, folio.content((int) (index - folio.index())));
      }
    }
  }

  /** From the question to the commit nobody can see the hole. */
  @ParameterizedTest
  @MethodSource("modern")
  void holesAreTakenWhenTheQuestionIsAsked(CollapseStrategy strategy) {
    kernel.fillRangeExcept(START + 2);
    for (CollapseStep step : List.of(RECOUNT, CHECK_USERFAULT, COMMIT)) {
      log.before(step, () -> assertSame(Placeholder.INSTANCE, kernel.file.cache.at(START + 2)));
    }
    assertEquals(ScanResult.SUCCEED, collapse(strategy));
  }

  @Test
  void bugsOfTheSessionAreNotTakenForRefusals() {
    CollapseSession session = Mockito.mock(CollapseSession.class);
    Mockito.doThrow(new IllegalStateException("broken")).when(session).step(ALLOCATE);
    org.junit.jupiter.api.Assertions.assertThrows(
        IllegalStateException.class, () -> new LinuxStrategy().collapse(session));
    Mockito.verify(session, never()).rollBack();
  }
}
