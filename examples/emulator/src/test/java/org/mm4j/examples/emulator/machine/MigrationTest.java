/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.examples.emulator.report.MigrationOutcome;

/** The main scenario: the two wrong strategies break the guest on every run, linux on none. */
final class MigrationTest {
  private static MigrationOutcome migrate(String strategy, int ranges, long seed)
      throws InterruptedException {
    GuestRun run =
        GuestRun.of(
            MachineOptions.STANDARD.withStrategy(strategy).withSeed(seed),
            Program.bundled("migration"),
            "--ranges",
            "" + ranges,
            "--seed",
            "" + seed,
            "--timeout",
            "30");
    return MigrationOutcome.read(strategy, run.output(), run.result());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void linuxKeepsEveryPage(long seed) throws InterruptedException {
    MigrationOutcome outcome = migrate("linux", 2, seed);
    assertTrue(outcome.isIntact(), outcome::toString);
    assertEquals("intact", outcome.verdict());
    assertEquals("EBUSY", outcome.ranges().get(0).firstCollapse());
    assertEquals("EBUSY", outcome.ranges().get(1).firstCollapse());
    assertEquals("ok", outcome.ranges().get(0).lastCollapse());
  }

  /** A hundred runs: {@code -Dmm4j.migration.runs=100}. */
  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void linuxBreaksNoRun() throws InterruptedException {
    int runs = Integer.getInteger("mm4j.migration.runs", 12);
    long first = Long.getLong("mm4j.seed", 1000);
    for (long seed = first; seed < first + runs; seed++) {
      MigrationOutcome outcome = migrate("linux", 1, seed);
      assertTrue(outcome.isIntact(), "replay with -Dmm4j.seed=" + seed + ": " + outcome);
    }
  }

  /** It fills every hole, whoever watches. */
  @Test
  void preFixBreaksEveryRange() throws InterruptedException {
    MigrationOutcome outcome = migrate("pre-fix", 2, 1);
    assertTrue(outcome.isBroken(), outcome::toString);
    assertTrue(outcome.pagesWrong() > 0 && outcome.eventsLost() > 0, outcome::toString);
    assertTrue(outcome.ranges().stream().noneMatch(r -> r.isIntact()), outcome::toString);
  }

  /** It asks only about the mapping of the first page: that of range 0 is not watched there. */
  @Test
  void seedV2BreaksTheRangeWhoseFirstPageIsNotWatched() throws InterruptedException {
    MigrationOutcome outcome = migrate("seed-v2", 2, 1);
    assertTrue(outcome.isBroken(), outcome::toString);
    assertTrue(outcome.ranges().get(0).wrong() > 0, outcome::toString);
    assertTrue(outcome.ranges().get(1).isIntact(), outcome::toString);
  }
}
