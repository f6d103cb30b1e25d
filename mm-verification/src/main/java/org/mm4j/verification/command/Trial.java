/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.command;

import java.time.Duration;
import org.mm4j.testkit.explore.Budget;
import org.mm4j.testkit.explore.Exploration;
import org.mm4j.testkit.explore.MemoryModel;
import org.mm4j.testkit.explore.Program;
import org.mm4j.testkit.explore.Search;
import org.mm4j.testkit.explore.Verdict;
import org.mm4j.testkit.world.Scenario;

/**
 * One scenario under one memory model, searched in one way within a time; if an exhaustive search
 * does not end in it, all schedules with one preemption are searched instead, and the result says
 * so.
 *
 * @param scenario what is explored
 * @param model the memory model
 * @param search how
 * @param time the longest time of a search
 */
record Trial(Scenario scenario, MemoryModel model, Search search, Duration time) {
  private static final int FALLBACK_PREEMPTIONS = 1;

  /** Explores. */
  TrialResult run(Progress progress) {
    progress.begin(this);
    LockSections sections = LockSections.of(scenario);
    Verdict verdict = explore(search, progress);
    String reason = "";
    if (verdict instanceof Verdict.BudgetExhausted exhausted
        && search instanceof Search.Exhaustive) {
      reason =
          "exhaustive search: %s after %,d runs"
              .formatted(exhausted.limit(), exhausted.effort().runs());
      verdict = explore(Search.fewestPreemptions(FALLBACK_PREEMPTIONS), progress);
    }
    TrialResult result = new TrialResult(this, sections, verdict, reason);
    progress.end(result);
    return result;
  }

  /** Searches in another way, for a comparison. */
  Verdict explore(Search chosen, Progress progress) {
    Program counted =
        () -> {
          progress.run();
          return scenario.newRun();
        };
    return Exploration.of(scenario.name(), counted)
        .memoryModel(model)
        .search(chosen)
        .budget(Budget.of(time))
        .explore();
  }
}
