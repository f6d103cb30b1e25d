/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.command;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.mm4j.testkit.explore.Ending;
import org.mm4j.testkit.explore.Exploration;
import org.mm4j.testkit.explore.Run;
import org.mm4j.testkit.explore.Search;
import org.mm4j.testkit.explore.Step;
import org.mm4j.testkit.explore.Task;
import org.mm4j.testkit.explore.WorldView;
import org.mm4j.testkit.world.Scenario;

/**
 * In how many sections the second task of a scenario conflicts with the first: how often it takes a
 * lock that the first takes as well, or changes, without a lock in common, what the first uses.
 * Measured in the runs without a preemption; more means a search that grows faster.
 *
 * @param count the greatest number over these runs
 */
record LockSections(int count) {
  /** Measures. */
  static LockSections of(Scenario scenario) {
    int[] most = {0};
    Exploration.of(scenario.name(), () -> new Counting(scenario.newRun(), most))
        .search(Search.fewestPreemptions(0))
        .explore();
    return new LockSections(most[0]);
  }

  @Override
  public String toString() {
    return Integer.toString(count);
  }

  /** Follows the locks of a run. */
  private static final class Counting implements Run {
    private final Run run;
    private final int[] most;
    private final Set<Object> ofFirst = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Object> ofSecond = new ArrayList<>();

    Counting(Run run, int[] most) {
      this.run = run;
      this.most = most;
    }

    @Override
    public List<Task> tasks() {
      return run.tasks();
    }

    @Override
    public void afterStep(Step step) {
      if (isAcquisition(step.kind())) {
        if (step.task() == 0) {
          ofFirst.add(step.object());
        } else {
          ofSecond.add(step.object());
        }
      }
    }

    private static boolean isAcquisition(Step.Kind kind) {
      return switch (kind) {
        case ACQUIRE, ACQUIRE_SHARED, TRY, TRY_SHARED -> true;
        default -> false;
      };
    }

    @Override
    public void afterAll(Ending ending) {
      int sections = 0;
      for (Object lock : ofSecond) {
        if (ofFirst.contains(lock)) {
          sections++;
        }
      }
      most[0] = Math.max(most[0], sections);
    }

    @Override
    public boolean mayWaitForEver(Task task) {
      return run.mayWaitForEver(task);
    }

    @Override
    public WorldView view() {
      return run.view();
    }

    @Override
    public void close() {
      run.close();
    }
  }
}
