/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mm4j.testkit.Seeds;

/**
 * The reduced search against the naive one, on random small programs: both have to see the same
 * outcomes. More programs: {@code -Dmm4j.explore.programs=100000}.
 */
final class SearchComparisonTest {
  private static final int PROGRAMS = Integer.getInteger("mm4j.explore.programs", 500);
  private static final Budget NAIVE =
      Budget.ofRuns(3000).withStepsPerRun(2000).withWallTime(Duration.ofSeconds(3));

  @ParameterizedTest
  @EnumSource(MemoryModel.class)
  void seesEveryOutcomeOfTheNaiveSearch(MemoryModel model) {
    Seeds.check(
        seed -> {
          int compared = 0;
          for (int i = 0; i < PROGRAMS; i++) {
            compared += compare(model, seed + i) ? 1 : 0;
          }
          assertTrue(compared > PROGRAMS / 2, "only " + compared + " could be compared");
        });
  }

  /** Compares the searches on one program; false if the naive one did not come to an end. */
  private static boolean compare(MemoryModel model, long seed) {
    RandomGenerator random = Seeds.random(seed);
    Set<String> naiveOutcomes = new TreeSet<>();
    Set<String> outcomes = new TreeSet<>();
    RandomProgram program = RandomProgram.of(random, naiveOutcomes);
    String name = "program of seed " + seed + " under " + model + ": " + program;
    Verdict naive = explore(name, program, model, Search.naive(), NAIVE);
    Verdict reduced =
        explore(name, program.withOutcomes(outcomes), model, Search.exhaustive(), Budget.USUAL);
    if (naive instanceof Verdict.Broken broken) {
      assertTrue(reduced instanceof Verdict.Broken, () -> name + ": " + broken + reduced);
      return true;
    }
    if (naive instanceof Verdict.Complete) {
      assertTrue(reduced instanceof Verdict.Complete, () -> name + ": " + reduced);
      assertEquals(naiveOutcomes, outcomes, name);
      return true;
    }
    naiveOutcomes.removeAll(outcomes);
    assertTrue(
        naiveOutcomes.isEmpty() || reduced instanceof Verdict.Broken,
        () -> name + ": not seen: " + naiveOutcomes);
    return false;
  }

  private static Verdict explore(
      String name, Program program, MemoryModel model, Search search, Budget budget) {
    try {
      return Exploration.of(name, program)
          .memoryModel(model)
          .search(search)
          .budget(budget)
          .explore();
    } catch (ExplorationFailed e) {
      throw new AssertionError(name + ": " + search + ": " + e.getMessage(), e);
    }
  }
}
