/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.mm4j.conformance.campaign.Campaign;
import org.mm4j.conformance.campaign.Finding;
import org.mm4j.conformance.compare.Comparison;
import org.mm4j.conformance.compare.Comparison.Care;
import org.mm4j.conformance.compare.Difference;
import org.mm4j.conformance.compare.StepSource;
import org.mm4j.conformance.compare.Tally;
import org.mm4j.conformance.compare.TwoColumnTable;
import org.mm4j.conformance.scenario.CallKind;
import org.mm4j.conformance.side.RunningSide;
import org.mm4j.conformance.side.Side;
import org.mm4j.conformance.side.SimulatedSide;
import org.mm4j.linux.Availability;
import org.mm4j.testkit.RunningKernel;
import org.mm4j.testkit.Seeds;

/** The comparison with the kernel this runs on. */
@Tag("kernel")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class RunningKernelComparisonTest {
  private static final long USUAL_SEED = 1;
  private static final int USUAL_SCENARIOS = 15;
  private static final long FRESH_NANOS = 15_000_000_000L;

  @BeforeEach
  void needsTheRunningKernel() {
    Availability availability = RunningSide.probe();
    RunningKernel.require(
        availability instanceof Availability.Available, () -> availability.toString());
  }

  @Test
  void whatOnceDifferedIsTheSame() throws IOException {
    try (Side linux = new RunningSide()) {
      Comparison comparison = new Comparison(new SimulatedSide(), linux, new Tally());
      for (Path file : RegressionFiles.all()) {
        Difference difference =
            comparison.run(StepSource.of(RegressionFiles.read(file)), Care.EVERYTHING);
        assertNull(
            difference,
            () -> file + "\n" + difference + "\n" + TwoColumnTable.of(comparison, difference));
      }
    }
  }

  @Test
  void randomScenariosAreTheSame() {
    Tally tally = new Tally();
    try (Side linux = new RunningSide()) {
      run(new Campaign(new SimulatedSide(), linux, tally, USUAL_SEED), USUAL_SCENARIOS);
    }
    requireInteresting(tally);
  }

  /** A search, not a check: a fresh seed may find what nobody has explained yet. */
  @Test
  @EnabledIfSystemProperty(named = "mm4j.conformance.fresh", matches = "true")
  void freshRandomScenariosAreTheSame() {
    Seeds.check(
        seed -> {
          try (Side linux = new RunningSide()) {
            Campaign campaign = new Campaign(new SimulatedSide(), linux, new Tally(), seed);
            long start = System.nanoTime();
            while (System.nanoTime() - start < FRESH_NANOS) {
              run(campaign, 1);
            }
          }
        });
  }

  private static void run(Campaign campaign, int scenarios) {
    for (int i = 0; i < scenarios; i++) {
      Finding finding = campaign.next();
      assertNull(
          finding, () -> finding.shortest() + "\n" + finding.table() + "\n" + finding.regression());
    }
  }

  /** A comparison that meets only trivial outcomes is worth nothing. */
  private static void requireInteresting(Tally tally) {
    require(tally, CallKind.ADVISE, "ok", "EINVAL", "EBUSY", "ENOMEM");
    require(tally, CallKind.LOAD, "ok", "SIGBUS", "SIGSEGV", "blocked");
    require(tally, CallKind.STORE, "ok", "SIGBUS", "SIGSEGV", "blocked");
    require(tally, CallKind.FILL_COPY, "ok", "EEXIST", "ENOENT");
    require(tally, CallKind.MAP, "ok", "EEXIST");
    assertTrue(tally.released().getOrDefault("ok", 0L) > 0, tally::toString);
    assertTrue(tally.scanResults().containsKey("EXCEED_NONE_PTE"), tally::toString);
  }

  private static void require(Tally tally, CallKind call, String... kinds) {
    for (String kind : kinds) {
      assertTrue(tally.count(call, kind) > 0, () -> call + " " + kind + " never\n" + tally);
    }
  }
}
