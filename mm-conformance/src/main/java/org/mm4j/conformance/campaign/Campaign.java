/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.campaign;

import org.jspecify.annotations.Nullable;
import org.mm4j.conformance.compare.Comparison;
import org.mm4j.conformance.compare.Comparison.Care;
import org.mm4j.conformance.compare.Difference;
import org.mm4j.conformance.compare.Shrinker;
import org.mm4j.conformance.compare.StepSource;
import org.mm4j.conformance.compare.Tally;
import org.mm4j.conformance.compare.TwoColumnTable;
import org.mm4j.conformance.generate.ScenarioGenerator;
import org.mm4j.conformance.side.Side;

/** Runs scenarios with one seed after the other on two sides. Used by one thread. */
public final class Campaign {
  /** How many steps a scenario has. */
  public static final int SCENARIO_STEPS = 80;

  private static final int SHRINK_RUNS = 600;

  private final Comparison comparison;
  private final Comparison uncounted;
  private final Tally tally;
  private long nextSeed;
  private int unconfirmed;

  /**
   * Creates a campaign.
   *
   * @param simulated the side that is to be judged
   * @param linux the side that is right
   * @param tally counts what Linux answers
   * @param seed the first seed
   */
  public Campaign(Side simulated, Side linux, Tally tally, long seed) {
    this.comparison = new Comparison(simulated, linux, tally);
    this.uncounted = new Comparison(simulated, linux, new Tally());
    this.tally = tally;
    this.nextSeed = seed;
  }

  /** Returns the seed of the next scenario. */
  public long nextSeed() {
    return nextSeed;
  }

  /** Returns what was counted. */
  public Tally tally() {
    return tally;
  }

  /**
   * Returns how many differences did not come again when the same steps were made again: they are
   * the machine's, whose memory others use at the same time.
   */
  public int unconfirmed() {
    return unconfirmed;
  }

  /** Runs the next scenario; returns what it found, made as short as possible, or null. */
  public @Nullable Finding next() {
    long seed = nextSeed++;
    Difference found = comparison.run(new ScenarioGenerator(seed, SCENARIO_STEPS), Care.USUAL);
    if (found == null) {
      return null;
    }
    if (uncounted.run(StepSource.of(found.scenario()), Care.USUAL) == null) {
      unconfirmed++;
      return null;
    }
    Difference shortest =
        new Shrinker(
                scenario ->
                    uncounted.run(
                        StepSource.of(scenario).withoutKnownDifferences(), Care.EVERYTHING),
                SHRINK_RUNS)
            .shrink(found);
    return new Finding(seed, found, shortest, TwoColumnTable.of(uncounted, shortest));
  }
}
