/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.mm4j.ScanResult;
import org.mm4j.SimulatedBuilder;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.testkit.verify.CollapseTrial.Outcome;

/** The trials that the rules of a strategy are checked with, and what the checks share. */
abstract class StrategyTrials {
  private final Deque<CollapseTrial> trials = new ArrayDeque<>();

  /** Returns the strategy to be verified; called once for each trial. */
  protected abstract CollapseStrategy createStrategy();

  /**
   * Returns what the strategy does not do, each with the reason. Tests of it are skipped with that
   * reason instead of failing.
   */
  protected Map<StrategyLimit, String> limits() {
    return Map.of();
  }

  /**
   * Changes the settings of the simulated kernels that the strategy is tried on, for example to add
   * a feature that it needs. Huge pages must have 8 pages.
   */
  protected SimulatedBuilder configure(SimulatedBuilder builder) {
    return builder;
  }

  @AfterEach
  final void closeTrials() {
    while (!trials.isEmpty()) {
      trials.pop().close();
    }
  }

  final CollapseTrial newTrial() {
    return newTrial(builder -> builder);
  }

  final CollapseTrial newTrial(UnaryOperator<SimulatedBuilder> settings) {
    return newTrial(createStrategy(), settings);
  }

  final CollapseTrial newTrial(
      CollapseStrategy strategy, UnaryOperator<SimulatedBuilder> settings) {
    CollapseTrial trial =
        new CollapseTrial(
            strategy,
            builder -> settings.apply(configure(builder)),
            !limits().containsKey(StrategyLimit.NO_FILLING));
    trials.push(trial);
    return trial;
  }

  // ------------------------------------------------------------ assumptions

  final void skipIf(StrategyLimit limit) {
    String reason = limits().get(limit);
    if (reason != null) {
      abort(limit + ": " + reason);
    }
  }

  /** A strategy that does not say what it did breaks rule 4.1, whose test says so. */
  static void abortIfNonsense(Outcome outcome) {
    if (outcome.isNonsense()) {
      abort("says nothing that could be checked: " + outcome);
    }
  }

  static void abortUnlessCollapsed(Outcome outcome) {
    if (!outcome.succeeded()) {
      abort("was not collapsed: " + outcome);
    }
  }

  static void abortUnlessRefused(Outcome outcome) {
    abortIfNonsense(outcome);
    if (outcome.succeeded()) {
      abort("was not refused");
    }
  }

  // ------------------------------------------------------------ assertions

  static void assertRefused(ScanResult expected, Outcome outcome, String when) {
    abortIfNonsense(outcome);
    assertEquals(expected, outcome.answer(), when);
  }

  static void assertContents(CollapseTrial trial, String when) {
    assertAll(
        when,
        IntStream.range(0, CollapseTrial.HUGE_PAGES)
            .mapToObj(
                page ->
                    () -> {
                      byte[] expected =
                          trial.holes().contains(page)
                              ? new byte[CollapseTrial.PAGE]
                              : CollapseTrial.content(page);
                      assertArrayEquals(expected, trial.read(page), "page " + page);
                    }));
  }
}
