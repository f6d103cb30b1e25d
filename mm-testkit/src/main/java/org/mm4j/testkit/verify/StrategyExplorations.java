/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mm4j.testkit.explore.Budget;
import org.mm4j.testkit.explore.Exploration;
import org.mm4j.testkit.explore.MemoryModel;
import org.mm4j.testkit.explore.Search;
import org.mm4j.testkit.explore.Verdict;
import org.mm4j.testkit.explore.Violation;
import org.mm4j.testkit.world.Role;
import org.mm4j.testkit.world.Roles;
import org.mm4j.testkit.world.Scenario;
import org.mm4j.testkit.world.Watched;
import org.mm4j.testkit.world.WorldPlan;

/**
 * A strategy in small worlds under the explorer: a few dozen schedules each, from a fixed seed, so
 * that a broken strategy shows within seconds and always in the same way. What they find is printed
 * with its schedule and timeline; that they find nothing proves nothing. Proofs take longer and are
 * for {@code ./mm4j verify-interleavings --strategy}.
 */
abstract class StrategyExplorations extends StrategyRaces {
  private static final long SEED = 2;
  private static final int DEPTH = 3;
  private static final long RUNS = 60;
  private static final long RUNS_PER_ROLE = 4;
  private static final Duration MOST = Duration.ofSeconds(60);
  private static final Set<String> NOBODY_GOES_ON = Set.of(Violation.DEADLOCK, Violation.LIVELOCK);

  @Test
  final void rule_0_1_noInterleavingTriedFillsAReportedHole() {
    abortIfUseless();
    for (Watched watched : List.of(Watched.WHOLE, Watched.TAIL)) {
      assertNot(Set.of("0.1"), explore(MemoryModel.SC, watched, RUNS, Roles.REGISTER));
    }
  }

  /** What is wrong only with store buffers is the fence. */
  @Test
  final void rule_4_17_norWithStoreBuffers() {
    abortIfUseless();
    if (explore(MemoryModel.SC, Watched.WHOLE, RUNS, Roles.REGISTER) instanceof Verdict.Broken) {
      abort("is wrong without store buffers, too");
    }
    assertNot(Set.of("0.1"), explore(MemoryModel.TSO, Watched.WHOLE, RUNS, Roles.REGISTER));
  }

  @Test
  final void rule_0_6_noInterleavingTriedWaitsForEver() {
    abortIfUseless();
    for (Role role : Roles.ALL) {
      assertNot(NOBODY_GOES_ON, explore(MemoryModel.SC, Watched.WHOLE, RUNS_PER_ROLE, role));
    }
  }

  @Test
  final void rule_5_11_ofTwoCollapsesOneDoesIt() {
    abortIfUseless();
    Verdict verdict = explore(MemoryModel.SC, Watched.WHOLE, RUNS, Roles.KHUGEPAGED);
    assertNot(Set.of("0.3", "0.4", "0.5", "4.2", "5.12"), verdict);
  }

  /** Exploring a strategy that does nothing useful on its own only repeats rule 4.1. */
  private void abortIfUseless() {
    abortUnlessCollapsed(newTrial().fillExcept(1).collapse());
  }

  private Verdict explore(MemoryModel model, Watched watched, long runs, Role role) {
    WorldPlan plan = WorldPlan.small().strategy(createStrategy()).watching(watched);
    Scenario scenario = Scenario.of(plan, Roles.COLLAPSE, role);
    return Exploration.of(scenario.name(), scenario)
        .memoryModel(model)
        .search(Search.pct(SEED, DEPTH))
        .budget(Budget.ofRuns(runs).withWallTime(MOST))
        .explore();
  }

  private static void assertNot(Set<String> rules, Verdict verdict) {
    if (verdict instanceof Verdict.Broken broken && rules.contains(broken.rule())) {
      fail(broken.toString());
    }
  }
}
