/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.compare;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.mm4j.conformance.scenario.Scenario;
import org.mm4j.conformance.scenario.Step;
import org.mm4j.conformance.scenario.World;

/** Where the steps of a scenario come from. */
@FunctionalInterface
public interface StepSource {
  /**
   * Returns the next step, or null at the end.
   *
   * @param world what there is by now
   */
  @Nullable Step next(World world);

  /** Returns these steps without those that would meet a {@link KnownDifference}. */
  default StepSource withoutKnownDifferences() {
    return world -> {
      Step step = next(world);
      while (step != null && KnownDifference.leavesOut(step, world)) {
        step = next(world);
      }
      return step;
    };
  }

  /** Returns the steps of a scenario. */
  static StepSource of(Scenario scenario) {
    Iterator<Step> steps = scenario.steps().iterator();
    return world -> steps.hasNext() ? steps.next() : null;
  }
}
