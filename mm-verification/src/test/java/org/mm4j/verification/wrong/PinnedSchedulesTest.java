/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.khugepaged.strategy.LinuxAsMergedStrategy;
import org.mm4j.khugepaged.strategy.PreFixStrategy;
import org.mm4j.khugepaged.strategy.SeedV2Strategy;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.testkit.explore.Budget;
import org.mm4j.testkit.explore.Exploration;
import org.mm4j.testkit.explore.ExplorationFailed;
import org.mm4j.testkit.explore.MemoryModel;
import org.mm4j.testkit.explore.Search;
import org.mm4j.testkit.explore.Verdict;
import org.mm4j.testkit.world.Role;
import org.mm4j.testkit.world.Roles;
import org.mm4j.testkit.world.Scenario;
import org.mm4j.testkit.world.Watched;
import org.mm4j.testkit.world.WorldPlan;

/**
 * Schedules that broke a wrong strategy once, in another JVM, and must break it for ever.
 *
 * <p>A schedule counts the steps of the kernel's code. When that changes so that a schedule does
 * not fit any more, the violation is searched again, has to be found, and the test is skipped with
 * the schedule to pin instead.
 */
final class PinnedSchedulesTest {
  private static final Budget MOST = Budget.ofRuns(2_000).withWallTime(Duration.ofSeconds(60));

  /**
   * A schedule that is known to break a rule.
   *
   * @param schedule as it was printed
   */
  record Pinned(
      String name,
      Supplier<CollapseStrategy> strategy,
      Role role,
      Watched watched,
      MemoryModel model,
      String schedule) {
    Exploration exploration() {
      WorldPlan plan = WorldPlan.small().strategy(strategy.get()).watching(watched);
      Scenario scenario = Scenario.of(plan, Roles.COLLAPSE, role);
      return Exploration.of(scenario.name(), scenario).memoryModel(model).budget(MOST);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Pinned> pinned() {
    return Stream.of(
        new Pinned(
            "pre-fix, fills a watched hole",
            PreFixStrategy::new,
            Roles.REGISTER_LOCKED,
            Watched.WHOLE,
            MemoryModel.SC,
            "0x115 1x26 0x124"),
        new Pinned(
            "seed-v2, asks for the first page only, observer under the lock",
            SeedV2Strategy::new,
            Roles.REGISTER_LOCKED,
            Watched.TAIL,
            MemoryModel.SC,
            "0x115 1x26 0x276"),
        new Pinned(
            "seed-v2 with its range corrected, observer without a lock",
            NoPlaceholders::new,
            Roles.REGISTER,
            Watched.WHOLE,
            MemoryModel.SC,
            "0x12 1x17 0x312 1x25 0x183 1x1"),
        new Pinned(
            "asks, then drops the lock",
            AsksThenDropsTheLock::new,
            Roles.REGISTER_LOCKED,
            Watched.WHOLE,
            MemoryModel.SC,
            "0x115 1x17 0x168 1x9 0x55"),
        new Pinned(
            "linux-as-merged, with store buffers",
            LinuxAsMergedStrategy::new,
            Roles.REGISTER,
            Watched.WHOLE,
            MemoryModel.TSO,
            "0x12 1x15 f1x1 1x1 0x90 f0x1 0x1 f0x8 0x2 f0x1 0x24 f0x1 0x21 "
                + "f0x1 0x21 f0x1 0x16 f0x1 0x16 f0x1 0x16 f0x1 0x8 f0x1 0x4 f0x1 "
                + "0x64 f0x1 0x50 f1x1 1x25 f0x1 0x23 f0x11 0x12 f0x3 0x6 f0x1 0x1 "
                + "f0x1 0x1 f0x3 0x6 f0x1 0x1 f0x1 0x1 f0x3 0x6 f0x1 0x1 f0x1 0x1 "
                + "f0x3 0x6 f0x1 0x1 f0x1 0x1 f0x3 0x6 f0x1 0x1 f0x1 0x1 f0x3 0x6 "
                + "f0x1 0x1 f0x1 0x1 f0x1 0x55 f0x2 0x1 f0x1 0x4 1x1"));
  }

  @ParameterizedTest
  @MethodSource("pinned")
  void rule_0_1_aPinnedScheduleStillBreaksIt(Pinned pinned) {
    Verdict verdict;
    try {
      verdict = pinned.exploration().search(Search.replay(pinned.schedule())).explore();
    } catch (ExplorationFailed doesNotFit) {
      abort("steps have changed; pin instead: \"" + findAgain(pinned).schedule() + '"');
      throw doesNotFit;
    }
    if (verdict instanceof Verdict.Broken broken) {
      assertEquals("0.1", broken.rule());
    } else {
      abort("steps have changed; pin instead: \"" + findAgain(pinned).schedule() + '"');
    }
  }

  /** What is printed replays, and says the same. */
  @ParameterizedTest
  @MethodSource("pinned")
  void rule_0_1_aCounterexampleIsFoundWithinSecondsAndReplays(Pinned pinned) {
    Verdict.Broken found = findAgain(pinned);
    Verdict.Broken again =
        pinned.exploration().search(Search.replay(found.schedule())).explore().assertBroken();
    assertEquals(found.rule(), again.rule());
    assertEquals(found.violation().message(), again.violation().message());
    assertTrue(found.toString().contains(found.violation().timeline()), "prints its timeline");
  }

  private static Verdict.Broken findAgain(Pinned pinned) {
    Verdict.Broken found = pinned.exploration().search(Search.pct(2, 3)).explore().assertBroken();
    assertEquals("0.1", found.rule());
    return found;
  }
}
