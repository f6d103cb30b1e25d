/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

/** Which schedules are tried, and in which order. */
public sealed interface Search {
  /**
   * Every schedule, but of those that differ only in the order of independent steps as few as
   * possible. Proves.
   */
  static Search exhaustive() {
    return new Exhaustive();
  }

  /** Every schedule with every operation a step: the yardstick for {@link #exhaustive}. Proves. */
  static Search naive() {
    return new Naive();
  }

  /**
   * All schedules without a preemption, then all with one, and so on: finds the shortest
   * counterexample. A delay of a store buffer counts as a preemption, too.
   *
   * @param maxBound the last number of preemptions
   */
  static Search fewestPreemptions(int maxBound) {
    return new FewestPreemptions(maxBound);
  }

  /**
   * At each step any task with the same probability, until the budget is exhausted.
   *
   * @param seed of the random numbers
   */
  static Search random(long seed) {
    return new RandomWalk(seed);
  }

  /**
   * Probabilistic concurrency testing: random priorities that change at random steps, until the
   * budget is exhausted.
   *
   * @param seed of the random numbers
   * @param depth the number of ordered steps that the expected bug needs, at least 1
   */
  static Search pct(long seed, int depth) {
    return new Pct(seed, depth);
  }

  /**
   * One schedule that another search printed.
   *
   * @param schedule "0x8 1x5 0x2 1x1": eight steps of task 0, five of task 1, and so on; "f0x1" is
   *     one flush of task 0's store buffer
   */
  static Search replay(String schedule) {
    return new Replay(schedule);
  }

  /** See {@link Search#exhaustive}. */
  record Exhaustive() implements Search {
    @Override
    public String toString() {
      return "exhaustive";
    }
  }

  /** See {@link Search#naive}. */
  record Naive() implements Search {
    @Override
    public String toString() {
      return "naive";
    }
  }

  /**
   * See {@link Search#fewestPreemptions}.
   *
   * @param maxBound the last number of preemptions
   */
  record FewestPreemptions(int maxBound) implements Search {
    /** Checks the bound. */
    public FewestPreemptions {
      if (maxBound < 0) {
        throw new IllegalArgumentException("negative bound " + maxBound);
      }
    }

    @Override
    public String toString() {
      return "up to " + maxBound + " preemptions";
    }
  }

  /**
   * See {@link Search#random}.
   *
   * @param seed of the random numbers
   */
  record RandomWalk(long seed) implements Search {
    @Override
    public String toString() {
      return "random, seed " + seed;
    }
  }

  /**
   * See {@link Search#pct}.
   *
   * @param seed of the random numbers
   * @param depth the number of ordered steps that the expected bug needs
   */
  record Pct(long seed, int depth) implements Search {
    /** Checks the depth. */
    public Pct {
      if (depth < 1) {
        throw new IllegalArgumentException("depth " + depth + " is less than 1");
      }
    }

    @Override
    public String toString() {
      return "PCT of depth " + depth + ", seed " + seed;
    }
  }

  /**
   * See {@link Search#replay}.
   *
   * @param schedule the schedule
   */
  record Replay(String schedule) implements Search {
    @Override
    public String toString() {
      return "replay";
    }
  }
}
