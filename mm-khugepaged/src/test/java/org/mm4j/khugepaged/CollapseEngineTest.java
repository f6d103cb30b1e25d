/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_ORDER;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_PAGES;
import static org.mm4j.khugepaged.fake.FakeKernel.START;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mm4j.CollapseTrigger;
import org.mm4j.ScanResult;
import org.mm4j.khugepaged.fake.FakeFolio;
import org.mm4j.khugepaged.fake.FakeKernel;
import org.mm4j.khugepaged.fake.StepLog;
import org.mm4j.khugepaged.strategy.LinuxStrategy;
import org.mm4j.spi.CollapseInterceptor;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.Folio;

/** Strategies that do not keep their contract. */
final class CollapseEngineTest {
  private final FakeKernel kernel = new FakeKernel();
  private String before;

  @BeforeEach
  void fill() {
    kernel.fillRangeExcept(START + 3);
    before = kernel.book();
  }

  private static CollapseStrategy strategy(Function<CollapseSession, ScanResult> body) {
    return new CollapseStrategy() {
      @Override
      public String name() {
        return "misbehaving";
      }

      @Override
      public ScanResult collapse(CollapseSession session) {
        return body.apply(session);
      }
    };
  }

  private ScanResult run(CollapseStrategy strategy, CollapseInterceptor... interceptors) {
    return kernel
        .engine(strategy, interceptors)
        .collapse(kernel.newMemory(), kernel.file, START, CollapseTrigger.DAEMON);
  }

  private void assertFailsUndone(Function<CollapseSession, ScanResult> body) {
    assertEquals(ScanResult.FAIL, run(strategy(body)));
    assertEquals(before, kernel.book());
  }

  /** Takes everything a session can hold, placeholder, charge and source included. */
  private void takeEverything(CollapseSession session) {
    session.allocateTarget();
    assertEquals(true, session.chargeHoles(1));
    FakeFolio source = kernel.at(START);
    source.tryLock();
    source.tryGet();
    source.isolate();
    session.addSource(source);
    session.cursor().lock();
    session.cursor().store(START, session.target());
    session.cursor().storePlaceholder(START + 3);
  }

  @Test
  void rule_5_5_nullIsAFailure() {
    assertFailsUndone(
        session -> {
          takeEverything(session);
          return null;
        });
  }

  @Test
  void rule_5_5_successWithoutACommitIsAFailure() {
    assertFailsUndone(
        session -> {
          takeEverything(session);
          return ScanResult.SUCCEED;
        });
  }

  @Test
  void rule_5_1_anErrorIsAFailure() {
    assertFailsUndone(
        session -> {
          takeEverything(session);
          throw new StackOverflowError("injected");
        });
  }

  @Test
  void aPlaceholderWithoutATargetIsTakenBack() {
    assertFailsUndone(
        session -> {
          session.cursor().lock();
          session.cursor().storePlaceholder(START + 3);
          throw new IllegalStateException("injected");
        });
  }

  @Test
  void aChargeWithoutATargetIsTakenBack() {
    assertFailsUndone(
        session -> {
          assertEquals(true, session.chargeHoles(1));
          return ScanResult.FAIL;
        });
  }

  @Test
  void rule_5_5_commitWithoutATargetIsAFailure() {
    assertFailsUndone(
        session -> {
          session.committed();
          return ScanResult.SUCCEED;
        });
  }

  @Test
  void allocatingTwiceIsAFailure() {
    assertFailsUndone(
        session -> {
          session.allocateTarget();
          session.allocateTarget();
          return ScanResult.SUCCEED;
        });
  }

  @Test
  void sourcesOutOfOrderAreAFailure() {
    assertFailsUndone(
        session -> {
          session.allocateTarget();
          takeSource(session, START + 1);
          FakeFolio lower = kernel.at(START);
          assertThrows(IllegalArgumentException.class, () -> session.addSource(lower));
          return ScanResult.SUCCEED;
        });
  }

  private void takeSource(CollapseSession session, long index) {
    FakeFolio source = kernel.at(index);
    source.tryLock();
    source.tryGet();
    source.isolate();
    session.addSource(source);
  }

  @Test
  void rule_5_6_refusalWithoutARollBackIsRolledBack() {
    assertEquals(
        ScanResult.PAGE_LRU,
        run(
            strategy(
                session -> {
                  takeEverything(session);
                  return ScanResult.PAGE_LRU;
                })));
    assertEquals(before, kernel.book());
  }

  @Test
  void rule_5_4_rollingBackTwiceDoesNothing() {
    assertEquals(
        ScanResult.PAGE_LRU,
        run(
            strategy(
                session -> {
                  takeEverything(session);
                  session.rollBack();
                  session.rollBack();
                  assertThrows(IllegalStateException.class, () -> session.chargeHoles(1));
                  return ScanResult.PAGE_LRU;
                })));
    assertEquals(before, kernel.book());
  }

  @Test
  void chargeBeyondTheLimitChangesNothing() {
    kernel.file.limitPages = kernel.file.chargedPages;
    assertFailsUndone(
        session -> {
          session.allocateTarget();
          assertFalse(session.chargeHoles(1));
          return ScanResult.FAIL;
        });
  }

  /** What a success is for MADV_COLLAPSE is for the caller of the engine to say. */
  @Test
  void rule_5_5_pteMappedHugepageAfterACommitIsAFailure() {
    CollapseStrategy linux = new LinuxStrategy();
    ScanResult result =
        run(
            strategy(
                session -> {
                  linux.collapse(session);
                  return ScanResult.PTE_MAPPED_HUGEPAGE;
                }));
    assertEquals(ScanResult.FAIL, result);
    assertEquals(HUGE_ORDER, kernel.at(START).order());
  }

  @Test
  void rule_5_4_thereIsNoWayBackFromACommit() {
    CollapseStrategy linux = new LinuxStrategy();
    assertEquals(
        ScanResult.SUCCEED,
        run(
            strategy(
                session -> {
                  ScanResult result = linux.collapse(session);
                  assertThrows(IllegalStateException.class, session::rollBack);
                  return result;
                })));
  }

  @Test
  void sourcesThatAStrategyLeavesAreFreed() {
    List<Folio> sources = new ArrayList<>();
    kernel.page(START + 3, START + 3);
    ScanResult result =
        run(
            strategy(
                session -> {
                  session.allocateTarget();
                  for (long index = START; index < START + HUGE_PAGES; index++) {
                    takeSource(session, index);
                  }
                  sources.addAll(session.sources());
                  session.cursor().lock();
                  session.target().markUpToDate();
                  session.target().get(HUGE_PAGES - 1);
                  session.cursor().storeWhole(session.target());
                  session.committed();
                  session.target().unlock();
                  return ScanResult.SUCCEED;
                }));
    assertEquals(ScanResult.SUCCEED, result);
    assertEquals(HUGE_PAGES, sources.size());
    sources.forEach(source -> assertEquals(0, source.references()));
    assertEquals(1, kernel.book().lines().filter(line -> line.startsWith("folio")).count());
  }

  @Test
  void everyInterceptorSeesEveryStep() {
    StepLog inner = new StepLog();
    StepLog outer = new StepLog();
    assertEquals(ScanResult.SUCCEED, run(new LinuxStrategy(), inner, outer));
    assertEquals(inner.steps(), outer.steps());
    assertEquals(CollapseStep.ALLOCATE, inner.steps().getFirst());
  }

  @Test
  void rule_5_1_anInterceptorThatThrowsIsAFailure() {
    assertEquals(
        ScanResult.FAIL,
        run(
            new LinuxStrategy(),
            session -> {
              throw new IllegalStateException("injected");
            }));
    assertEquals(before, kernel.book());
  }

  @Test
  void unalignedIndexIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            kernel
                .engine(new LinuxStrategy())
                .collapse(null, kernel.file, START + 1, CollapseTrigger.DAEMON));
  }
}
