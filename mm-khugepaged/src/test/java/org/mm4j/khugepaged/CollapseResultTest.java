/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.CollapseTrigger.DAEMON;
import static org.mm4j.CollapseTrigger.MADVISE;
import static org.mm4j.Errno.EAGAIN;
import static org.mm4j.Errno.EBUSY;
import static org.mm4j.Errno.EINVAL;
import static org.mm4j.Errno.ENOMEM;
import static org.mm4j.ScanResult.ALLOC_HUGE_PAGE_FAIL;
import static org.mm4j.ScanResult.CGROUP_CHARGE_FAIL;
import static org.mm4j.ScanResult.COPY_MC;
import static org.mm4j.ScanResult.DEL_PAGE_LRU;
import static org.mm4j.ScanResult.EXCEED_NONE_PTE;
import static org.mm4j.ScanResult.EXCEED_SWAP_PTE;
import static org.mm4j.ScanResult.FAIL;
import static org.mm4j.ScanResult.PAGE_COUNT;
import static org.mm4j.ScanResult.PAGE_FILLED;
import static org.mm4j.ScanResult.PAGE_HAS_PRIVATE;
import static org.mm4j.ScanResult.PAGE_LOCK;
import static org.mm4j.ScanResult.PAGE_LRU;
import static org.mm4j.ScanResult.PMD_MAPPED;
import static org.mm4j.ScanResult.PTE_MAPPED_HUGEPAGE;
import static org.mm4j.ScanResult.STORE_FAILED;
import static org.mm4j.ScanResult.SUCCEED;
import static org.mm4j.ScanResult.TRUNCATED;
import static org.mm4j.khugepaged.CollapseWorld.Size.LINUX;
import static org.mm4j.khugepaged.CollapseWorld.Size.SMALL;
import static org.mm4j.khugepaged.CollapseWorld.content;
import static org.mm4j.spi.CollapseStep.ALLOCATE;
import static org.mm4j.spi.CollapseStep.RECOUNT;
import static org.mm4j.spi.CollapseStep.STORE_PLACEHOLDERS;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.Advice;
import org.mm4j.CollapseStatistics;
import org.mm4j.CollapseTrigger;
import org.mm4j.Errno;
import org.mm4j.KhugepagedTunables;
import org.mm4j.MemoryException;
import org.mm4j.ScanResult;
import org.mm4j.SimulatedBuilder;
import org.mm4j.khugepaged.fake.InjectedRefusal.Refused;
import org.mm4j.khugepaged.strategy.LinuxAsMergedStrategy;
import org.mm4j.khugepaged.strategy.LinuxStrategy;
import org.mm4j.khugepaged.strategy.PreFixStrategy;
import org.mm4j.khugepaged.strategy.SeedV2Strategy;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.Folio;

/**
 * Every result of a look at a file and of {@code collapse_file}, on the simulated kernel: a row per
 * way to a result. Each refusal leaves the books as they were, but for what Linux does not undo
 * either, and at the close they balance to zero.
 */
final class CollapseResultTest {
  private static final List<CollapseStrategy> NEW =
      List.of(new LinuxStrategy(), new LinuxAsMergedStrategy());
  private static final List<CollapseStrategy> OLD =
      List.of(new SeedV2Strategy(), new PreFixStrategy());
  private static final List<CollapseStrategy> ALL =
      Stream.of(NEW, OLD).flatMap(List::stream).toList();
  private static final List<CollapseStrategy> ALL_BUT_PRE_FIX =
      ALL.stream().filter(strategy -> !(strategy instanceof PreFixStrategy)).toList();
  private static final Set<CollapseTrigger> BOTH = EnumSet.allOf(CollapseTrigger.class);

  /** Who answers: the look at the file, or the strategy. */
  enum By {
    SCAN,
    STRATEGY
  }

  /** Changes the settings of a kernel, knowing how many pages a huge page has. */
  interface Settings {
    SimulatedBuilder change(SimulatedBuilder builder, int hugePages);
  }

  /**
   * A way to a result.
   *
   * @param errno what MADV_COLLAPSE answers, or null for success
   */
  record Row(
      By by,
      ScanResult result,
      Errno errno,
      String when,
      List<CollapseStrategy> strategies,
      Set<CollapseTrigger> triggers,
      Settings settings,
      Consumer<CollapseWorld> arrangement) {
    Row with(Settings changed) {
      return new Row(by, result, errno, when, strategies, triggers, changed, arrangement);
    }

    Row only(CollapseTrigger trigger) {
      return new Row(by, result, errno, when, strategies, Set.of(trigger), settings, arrangement);
    }
  }

  private static Row scan(
      ScanResult result, Errno errno, String when, Consumer<CollapseWorld> arrangement) {
    return new Row(By.SCAN, result, errno, when, ALL, BOTH, (b, pages) -> b, arrangement);
  }

  private static Row collapse(
      List<CollapseStrategy> strategies,
      ScanResult result,
      Errno errno,
      String when,
      Consumer<CollapseWorld> arrangement) {
    return new Row(
        By.STRATEGY, result, errno, when, strategies, BOTH, (b, pages) -> b, arrangement);
  }

  private static List<Row> rows() {
    return List.of(
        // the look at the file
        scan(
            PTE_MAPPED_HUGEPAGE,
            null,
            "the range is huge already",
            world -> {
              world.fillExcept(2);
              world.space().advise(world.range(), Advice.COLLAPSE);
              world.answers().clear();
            }),
        scan(
            PAGE_LRU,
            EAGAIN,
            "a page is isolated",
            world -> {
              world.fillExcept(2);
              world.othersDo(() -> isolate(world, 6), () -> world.withFolio(6, Folio::putBack));
            }),
        scan(
            PAGE_COUNT,
            EAGAIN,
            "a page is pinned",
            world -> {
              world.fillExcept(2);
              world.pin(6);
            }),
        scan(
                EXCEED_NONE_PTE,
                EBUSY,
                "there are more holes than max_ptes_none",
                world -> {
                  world.fillExcept(2, 3);
                  KhugepagedTunables tunables = world.system().hugePages().tunables();
                  world.system().hugePages().tunables(tunables.withMaxPtesNone(1));
                })
            .only(DAEMON),
        scan(
                EXCEED_SWAP_PTE,
                EINVAL,
                "more pages are swapped out than max_ptes_swap",
                world -> {
                  world.fillExcept();
                  int swapped = world.system().hugePages().tunables().maxPtesSwap() + 1;
                  for (int page = 0; page < swapped; page++) {
                    world.swapOut(page);
                  }
                })
            .only(DAEMON),

        // the algorithm, in the order of its steps
        collapse(ALL, SUCCEED, null, "nothing is in the way", world -> world.fillExcept(0, 3)),
        collapse(
            ALL,
            ALLOC_HUGE_PAGE_FAIL,
            ENOMEM,
            "no memory is free",
            world -> {
              world.fillExcept(2);
              world.exhaustMemory();
            }),
        collapse(
            ALL,
            ALLOC_HUGE_PAGE_FAIL,
            ENOMEM,
            "half of the memory is free, in single frames",
            world -> {
              world.fillExcept(2);
              world.fragmentMemory();
            }),
        collapse(
                ALL,
                CGROUP_CHARGE_FAIL,
                EBUSY,
                "the account has no room for a huge page",
                world -> world.fillExcept(2))
            .with((builder, pages) -> builder.accountLimitBytes((2L * pages - 2) * 4096)),
        collapse(
            ALL,
            FAIL,
            EINVAL,
            "no memory for tree nodes (injected)",
            world -> {
              world.fillExcept(2);
              world.refuse(Refused.NODES, 0);
            }),
        collapse(ALL, TRUNCATED, EINVAL, "the range is empty", world -> {}).only(MADVISE),
        collapse(
            ALL,
            TRUNCATED,
            EINVAL,
            "the file is truncated after the look",
            world -> {
              world.fillExcept(2);
              world.beforeAnythingIsTaken(() -> world.file().truncate(0));
            }),
        collapse(
            ALL,
            TRUNCATED,
            EINVAL,
            "a page leaves the file before it is locked (injected)",
            world -> {
              world.fillExcept(2);
              world.refuse(Refused.BELONGING, 3);
            }),
        collapse(
            ALL,
            FAIL,
            EINVAL,
            "a swapped page cannot be read",
            world -> {
              world.fillExcept(2);
              world.swapOut(6);
            }),
        collapse(
            ALL,
            PAGE_LOCK,
            EAGAIN,
            "a page is locked",
            world -> {
              world.fillExcept(2);
              world.othersDo(
                  () -> world.withFolio(6, Folio::lock), () -> world.withFolio(6, Folio::unlock));
            }),
        collapse(
            ALL,
            PTE_MAPPED_HUGEPAGE,
            null,
            "somebody else makes it huge after the look",
            world -> {
              world.fillExcept(2);
              world.beforeAnythingIsTaken(
                  () -> world.space().advise(world.range(), Advice.COLLAPSE));
            }),
        collapse(
            ALL,
            DEL_PAGE_LRU,
            EAGAIN,
            "a page is isolated after the look",
            world -> {
              world.fillExcept(2);
              world.meanwhile(
                  ALLOCATE, () -> isolate(world, 6), () -> world.withFolio(6, Folio::putBack));
            }),
        collapse(
            ALL,
            PAGE_HAS_PRIVATE,
            EINVAL,
            "the file system keeps its data (injected)",
            world -> {
              world.fillExcept(2);
              world.refuse(Refused.PRIVATE_DATA, 3);
            }),
        collapse(
            ALL,
            PAGE_COUNT,
            EAGAIN,
            "a page is pinned after the look",
            world -> {
              world.fillExcept(2);
              world.pinMeanwhile(ALLOCATE, 6);
            }),
        collapse(
                ALL,
                FAIL,
                EINVAL,
                "the holes are more than the file may have",
                world -> world.fillExcept(1, 2, 3))
            .with((builder, pages) -> builder.perFileLimitBytes((pages - 1L) * 4096)),
        collapse(
                ALL,
                FAIL,
                EINVAL,
                "the holes are more than all files may have",
                world -> world.fillExcept(1, 2, 3))
            .with((builder, pages) -> builder.memoryFileLimitBytes((pages - 1L) * 4096)),
        collapse(
            NEW,
            COPY_MC,
            EINVAL,
            "a page cannot be read",
            world -> {
              world.fillExcept(2);
              world.withFolio(6, Folio::markPoisoned);
            }),
        collapse(
            NEW,
            STORE_FAILED,
            EINVAL,
            "no memory for the second placeholder (injected)",
            world -> {
              world.fillExcept(2, 5);
              world.refuse(Refused.PLACEHOLDER, 0);
            }),
        collapse(
            ALL_BUT_PRE_FIX,
            PAGE_FILLED,
            EAGAIN,
            "somebody else fills a hole after it was counted",
            world -> {
              world.fillExcept(2, 5);
              boolean isOld = OLD.contains(world.strategy());
              CollapseStep counted = isOld ? RECOUNT : STORE_PLACEHOLDERS;
              world.meanwhile(
                  counted,
                  () -> world.file().write(world.offsetOf(5), MemorySegment.ofArray(content(5))),
                  () -> world.file().punchHole(world.offsetOf(5), 4096));
            }),
        collapse(
            ALL_BUT_PRE_FIX,
            EXCEED_NONE_PTE,
            EBUSY,
            "a userfaultfd watches the first page",
            world -> {
              world.fillExcept(5);
              world.watch(0, 1);
            }),
        collapse(
            NEW,
            EXCEED_NONE_PTE,
            EBUSY,
            "a userfaultfd watches a later page",
            world -> {
              world.fillExcept(2);
              world.watch(4, 4);
            }),
        collapse(
            NEW,
            EXCEED_NONE_PTE,
            EBUSY,
            "a userfaultfd watches the page behind the range",
            world -> {
              world.fillExcept(2);
              world.watch(world.hugePages(), 1);
            }));
  }

  private static void isolate(CollapseWorld world, int page) {
    world.withFolio(page, folio -> assertTrue(folio.isolate()));
  }

  // ------------------------------------------------------------ the check

  /** One row with one strategy, one trigger, one size. */
  record Trial(
      Row row, CollapseStrategy strategy, CollapseTrigger trigger, CollapseWorld.Size size) {
    void run() {
      try (CollapseWorld world =
          new CollapseWorld(
              size, strategy, builder -> row.settings.change(builder, size.hugePages()))) {
        row.arrangement.accept(world);
        CollapseStatistics before = world.system().hugePages().statistics();
        MemoryException failure = world.collapse(trigger);
        assertResult(world, before);
        if (trigger == MADVISE) {
          assertEquals(row.errno, failure == null ? null : failure.errno());
        }
        if (row.result == SUCCEED) {
          world.assertContent();
        } else {
          world.assertBooksAsBefore();
        }
      }
    }

    private void assertResult(CollapseWorld world, CollapseStatistics before) {
      List<ScanResult> answers = world.answers();
      if (row.by == By.SCAN) {
        assertEquals(List.of(), answers, "nobody asked the strategy");
      } else {
        assertEquals(row.result, answers.getLast());
      }
      CollapseStatistics after = world.system().hugePages().statistics();
      ScanResult counted = counted();
      assertEquals(1, count(after, counted) - count(before, counted), counted.name());
      long collapses = answers.stream().filter(SUCCEED::equals).count();
      assertEquals(collapses, after.collapses() - before.collapses(), "became huge");
    }

    private long count(CollapseStatistics statistics, ScanResult result) {
      return (trigger == MADVISE ? statistics.madviseResults() : statistics.daemonResults())
          .getOrDefault(result, 0L);
    }

    /** A file found huge is mapped so by MADV_COLLAPSE, and taken for a success by khugepaged. */
    private ScanResult counted() {
      if (row.result != PTE_MAPPED_HUGEPAGE) {
        return row.result;
      }
      return trigger == MADVISE ? PMD_MAPPED : SUCCEED;
    }

    @Override
    public String toString() {
      return "%s by %s: %s; %s, %s, %s"
          .formatted(row.result, row.by, row.when, strategy.name(), trigger, size);
    }
  }

  private static Stream<Trial> smallTrials() {
    return rows().stream()
        .flatMap(
            row ->
                row.strategies.stream()
                    .flatMap(
                        strategy ->
                            row.triggers.stream()
                                .map(trigger -> new Trial(row, strategy, trigger, SMALL))));
  }

  private static Stream<Trial> linuxSizedTrials() {
    return rows().stream()
        .map(
            row ->
                new Trial(row, row.strategies.getFirst(), row.triggers.iterator().next(), LINUX));
  }

  @ParameterizedTest
  @MethodSource("smallTrials")
  void rule_5_12_isReachedAndLeavesTheBooksBalanced(Trial trial) {
    trial.run();
  }

  @ParameterizedTest
  @MethodSource("linuxSizedTrials")
  void isReachedWithHugePagesOf512Pages(Trial trial) {
    trial.run();
  }

  /** The list of {@code collapse_file}'s results, and of those of the look before it. */
  @Test
  void everyResultHasARow() {
    assertEquals(
        EnumSet.of(
            SUCCEED,
            PTE_MAPPED_HUGEPAGE,
            FAIL,
            TRUNCATED,
            PAGE_LOCK,
            DEL_PAGE_LRU,
            PAGE_HAS_PRIVATE,
            PAGE_COUNT,
            ALLOC_HUGE_PAGE_FAIL,
            CGROUP_CHARGE_FAIL,
            COPY_MC,
            STORE_FAILED,
            PAGE_FILLED,
            EXCEED_NONE_PTE),
        results(By.STRATEGY));
    assertEquals(
        EnumSet.of(EXCEED_SWAP_PTE, PTE_MAPPED_HUGEPAGE, PAGE_LRU, PAGE_COUNT, EXCEED_NONE_PTE),
        results(By.SCAN));
  }

  private static Set<ScanResult> results(By by) {
    return rows().stream()
        .filter(row -> row.by == by)
        .map(Row::result)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(ScanResult.class)));
  }
}
