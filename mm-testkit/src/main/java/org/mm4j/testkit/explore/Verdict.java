/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.time.Duration;

/** What an exploration found. Only {@link Complete} is a proof, and only of what its bound says. */
public sealed interface Verdict {
  /** Returns what was explored, and how much of it. */
  Effort effort();

  /**
   * Asserts that the search is complete and found nothing.
   *
   * @return this verdict
   * @throws AssertionError with the whole text otherwise; a budget that was exhausted is a failure,
   *     too. The page of a violation is written and named.
   */
  default Complete assertComplete() {
    if (this instanceof Complete complete) {
      return complete;
    }
    throw new AssertionError(this + pageOf(this));
  }

  /**
   * Asserts that nothing was found, for searches that cannot be complete.
   *
   * @throws AssertionError with the whole text if something was found
   */
  default void assertNothingFound() {
    if (this instanceof Broken) {
      throw new AssertionError(this + pageOf(this));
    }
  }

  /**
   * Asserts that a violation was found.
   *
   * @return the violation
   */
  default Broken assertBroken() {
    if (this instanceof Broken broken) {
      return broken;
    }
    throw new AssertionError("no violation was found: " + this);
  }

  private static String pageOf(Verdict verdict) {
    return verdict instanceof Broken broken ? broken.pageNote() : "";
  }

  /**
   * What was explored, and how much of it.
   *
   * @param world its name
   * @param model the memory model
   * @param search the search and its bound, "exhaustive"
   * @param runs the number of runs
   * @param steps the number of steps of all runs
   * @param took the time
   */
  record Effort(
      String world, MemoryModel model, String search, long runs, long steps, Duration took) {
    @Override
    public String toString() {
      return "world %s, memory model %s, search %s, %,d runs, %,d steps, %,d ms"
          .formatted(world, model, search, runs, steps, took.toMillis());
    }
  }

  /**
   * Every schedule within the bound of the search was explored (one of each set of equivalent ones)
   * and no rule was broken.
   *
   * @param effort what was explored
   */
  record Complete(Effort effort) implements Verdict {
    @Override
    public String toString() {
      return "complete: " + effort;
    }
  }

  /**
   * Nothing was found so far; nothing is proved.
   *
   * @param effort what was explored
   * @param limit which part of the budget is exhausted
   */
  record BudgetExhausted(Effort effort, String limit) implements Verdict {
    @Override
    public String toString() {
      return "budget exhausted (" + limit + "), nothing proved: " + effort;
    }
  }

  /**
   * A rule was broken.
   *
   * @param effort what was explored until then
   * @param violation what happened, and how
   */
  record Broken(Effort effort, Violation violation) implements Verdict {
    /** Returns the rule, a number of SPEC.md or the name of one of the explorer's own rules. */
    public String rule() {
      return violation.rule();
    }

    /** Returns the schedule, for {@link Search#replay}. */
    public String schedule() {
      return violation.schedule();
    }

    private String pageNote() {
      return System.lineSeparator() + "page: " + violation.writePage(effort);
    }

    @Override
    public String toString() {
      return "broken: rule %s: %s%n%s%nschedule (%d preemptions): %s%n%n%s"
          .formatted(
              violation.rule(),
              violation.message(),
              effort,
              violation.preemptions(),
              violation.schedule(),
              violation.timeline());
    }
  }
}
