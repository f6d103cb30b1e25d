/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.command;

import java.util.List;
import org.mm4j.testkit.explore.Search;
import org.mm4j.testkit.explore.Verdict;

/**
 * What a trial found.
 *
 * @param trial the trial
 * @param sections how much the tasks conflict
 * @param verdict of the last search
 * @param reason why that was not the search that was asked for; empty if it was
 */
record TrialResult(Trial trial, LockSections sections, Verdict verdict, String reason) {
  /** How a verdict counts. */
  enum Grade {
    /** Complete as asked for. */
    COMPLETE("complete"),
    /** Complete within a bound that was not asked for. */
    BOUNDED("complete within the bound only"),
    /** Not complete. */
    EXHAUSTED("budget exhausted"),
    /** A rule is broken. */
    BROKEN("BROKEN");

    private final String text;

    Grade(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Returns how the verdict counts. */
  Grade grade() {
    return switch (verdict) {
      case Verdict.Complete complete -> reason.isEmpty() ? Grade.COMPLETE : Grade.BOUNDED;
      case Verdict.BudgetExhausted exhausted -> Grade.EXHAUSTED;
      case Verdict.Broken broken -> Grade.BROKEN;
    };
  }

  /** Returns the row of the table. */
  List<String> row() {
    Verdict.Effort effort = verdict.effort();
    return List.of(
        trial.scenario().pair(),
        trial.scenario().plan().label(),
        trial.model().toString(),
        bound(effort),
        sections.toString(),
        "%,d".formatted(effort.runs()),
        "%,d".formatted(effort.steps()),
        "%.1f".formatted(effort.took().toMillis() / 1000.0),
        grade() + remark());
  }

  private static String bound(Verdict.Effort effort) {
    return effort.search().equals(Search.exhaustive().toString()) ? "none" : effort.search();
  }

  private String remark() {
    return switch (verdict) {
      case Verdict.Complete complete -> reason.isEmpty() ? "" : " (" + reason + ")";
      case Verdict.BudgetExhausted exhausted ->
          " (" + exhausted.limit() + (reason.isEmpty() ? "" : "; " + reason) + ")";
      case Verdict.Broken broken -> " rule " + broken.rule() + " by " + broken.schedule();
    };
  }
}
