/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.khugepaged.strategy.LinuxAsMergedStrategy;
import org.mm4j.khugepaged.strategy.LinuxStrategy;
import org.mm4j.khugepaged.strategy.PreFixStrategy;
import org.mm4j.khugepaged.strategy.SeedV2Strategy;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.testkit.explore.Budget;
import org.mm4j.testkit.explore.Exploration;
import org.mm4j.testkit.explore.MemoryModel;
import org.mm4j.testkit.explore.Search;
import org.mm4j.testkit.explore.Verdict;
import org.mm4j.testkit.world.Role;
import org.mm4j.testkit.world.Roles;
import org.mm4j.testkit.world.Scenario;
import org.mm4j.testkit.world.Watched;
import org.mm4j.testkit.world.WorldPlan;

/**
 * Which strategy is found by which observer: the table of what was wrong in the history of the
 * patch, and what was not.
 *
 * <p>Two windows of the second version are told apart. Its question for the first page alone is
 * found with an observer that holds the page-cache lock, watching the tail of the file; its missing
 * placeholders only with one that does not.
 */
@Isolated
final class KnownWrongMatrixTest {
  private static final Duration MOST = Duration.ofSeconds(100);
  private static final Search UP_TO_ONE = Search.fewestPreemptions(1);
  private static final Search UP_TO_TWO = Search.fewestPreemptions(2);

  /** What is expected of a search. */
  enum Expected {
    /** A violation of the rule. */
    FOUND,
    /** That the search ends without one. */
    CLEAN
  }

  record Cell(
      Supplier<CollapseStrategy> strategy,
      Role role,
      Watched watched,
      MemoryModel model,
      Search search,
      Expected expected,
      String rule) {
    static Cell found(
        Supplier<CollapseStrategy> strategy, Role role, Watched watched, String rule) {
      return new Cell(strategy, role, watched, MemoryModel.SC, UP_TO_TWO, Expected.FOUND, rule);
    }

    static Cell clean(
        Supplier<CollapseStrategy> strategy, Role role, Watched watched, Search search) {
      return new Cell(strategy, role, watched, MemoryModel.SC, search, Expected.CLEAN, "");
    }

    Cell under(MemoryModel other, Search by) {
      return new Cell(strategy, role, watched, other, by, expected, rule);
    }

    Scenario scenario() {
      WorldPlan plan = WorldPlan.small().strategy(strategy.get()).watching(watched);
      return Scenario.of(plan, Roles.COLLAPSE, role);
    }

    @Override
    public String toString() {
      return "%s against %s watching %s, %s, %s: %s %s"
          .formatted(strategy.get().name(), role, watched.label(), model, search, expected, rule);
    }
  }

  static Stream<Cell> matrix() {
    return Stream.of(
        // The algorithm before the patch: everybody finds it.
        Cell.found(PreFixStrategy::new, Roles.REGISTER, Watched.WHOLE, "0.1"),
        Cell.found(PreFixStrategy::new, Roles.REGISTER_LOCKED, Watched.WHOLE, "0.1"),
        Cell.found(PreFixStrategy::new, Roles.REGISTER_LOCKED, Watched.TAIL, "0.1"),
        Cell.found(PreFixStrategy::new, Roles.PIN_COPY, Watched.WHOLE, "0.2"),
        // Asking, dropping the lock, filling.
        Cell.found(AsksThenDropsTheLock::new, Roles.REGISTER, Watched.WHOLE, "0.1"),
        Cell.found(AsksThenDropsTheLock::new, Roles.REGISTER_LOCKED, Watched.WHOLE, "0.1"),
        Cell.found(AsksThenDropsTheLock::new, Roles.REGISTER_LOCKED, Watched.TAIL, "0.1"),
        // The second version: asks for the first page, and takes no placeholders.
        Cell.found(SeedV2Strategy::new, Roles.REGISTER, Watched.TAIL, "0.1"),
        Cell.found(SeedV2Strategy::new, Roles.REGISTER_LOCKED, Watched.TAIL, "0.1"),
        Cell.clean(SeedV2Strategy::new, Roles.REGISTER_LOCKED, Watched.WHOLE, Search.exhaustive()),
        // With the range corrected, and no placeholders.
        Cell.found(NoPlaceholders::new, Roles.REGISTER, Watched.WHOLE, "0.1"),
        Cell.clean(NoPlaceholders::new, Roles.REGISTER_LOCKED, Watched.WHOLE, Search.exhaustive()),
        Cell.clean(NoPlaceholders::new, Roles.REGISTER_LOCKED, Watched.TAIL, Search.exhaustive()),
        // As merged: right as long as stores are visible at once.
        Cell.clean(LinuxAsMergedStrategy::new, Roles.REGISTER, Watched.WHOLE, UP_TO_ONE),
        Cell.found(LinuxAsMergedStrategy::new, Roles.REGISTER, Watched.WHOLE, "0.1")
            .under(MemoryModel.TSO, Search.pct(1, 3)),
        Cell.clean(
                LinuxAsMergedStrategy::new,
                Roles.REGISTER_LOCKED,
                Watched.WHOLE,
                Search.exhaustive())
            .under(MemoryModel.TSO, Search.exhaustive()),
        // With the full fence.
        Cell.clean(LinuxStrategy::new, Roles.REGISTER, Watched.WHOLE, UP_TO_ONE),
        Cell.clean(LinuxStrategy::new, Roles.REGISTER, Watched.TAIL, UP_TO_ONE),
        Cell.clean(LinuxStrategy::new, Roles.REGISTER_LOCKED, Watched.WHOLE, Search.exhaustive()),
        Cell.clean(LinuxStrategy::new, Roles.REGISTER_LOCKED, Watched.TAIL, Search.exhaustive()),
        Cell.clean(LinuxStrategy::new, Roles.PIN_COPY, Watched.WHOLE, UP_TO_ONE));
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void rule_0_1_isFoundByWhomTheHistorySays(Cell cell) {
    Scenario scenario = cell.scenario();
    Verdict verdict =
        Exploration.of(scenario.name(), scenario)
            .memoryModel(cell.model())
            .search(cell.search())
            .budget(Budget.of(MOST))
            .explore();
    if (cell.expected() == Expected.FOUND) {
      assertEquals(cell.rule(), verdict.assertBroken().rule());
    } else {
      verdict.assertComplete();
    }
  }
}
