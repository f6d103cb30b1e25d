/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.time.Duration;

/**
 * How much an exploration may cost. An exploration that reaches the end of its budget proves
 * nothing.
 *
 * @param runs the greatest number of runs
 * @param stepsPerRun the greatest number of steps of one run; more is a violation (a livelock)
 * @param wallTime the longest time
 */
public record Budget(long runs, int stepsPerRun, Duration wallTime) {
  /** Ten million runs of 100,000 steps, one minute. */
  public static final Budget USUAL = new Budget(10_000_000, 100_000, Duration.ofMinutes(1));

  /** Checks the numbers. */
  public Budget {
    if (runs <= 0 || stepsPerRun <= 0 || wallTime.isNegative() || wallTime.isZero()) {
      throw new IllegalArgumentException("a budget is positive: " + runs + ", " + stepsPerRun);
    }
  }

  /** Returns the usual budget with another number of runs. */
  public static Budget ofRuns(long runs) {
    return USUAL.withRuns(runs);
  }

  /** Returns the usual budget with another time. */
  public static Budget of(Duration wallTime) {
    return USUAL.withWallTime(wallTime);
  }

  /** Returns this budget with another number of runs. */
  public Budget withRuns(long number) {
    return new Budget(number, stepsPerRun, wallTime);
  }

  /** Returns this budget with another number of steps per run. */
  public Budget withStepsPerRun(int number) {
    return new Budget(runs, number, wallTime);
  }

  /** Returns this budget with another time. */
  public Budget withWallTime(Duration time) {
    return new Budget(runs, stepsPerRun, time);
  }
}
