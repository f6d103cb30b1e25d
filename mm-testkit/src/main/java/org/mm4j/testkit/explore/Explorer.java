/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.time.Duration;
import java.util.List;

/** Runs a program again and again, each time with another schedule. */
final class Explorer {
  private final Verdict.Effort effort;

  Explorer(
      String world,
      Program program,
      MemoryModel model,
      Search search,
      Budget budget,
      List<Site> weakened) {
    effort = new Verdict.Effort(world, model, search.toString(), 0, 0, Duration.ZERO);
  }

  Verdict explore() {
    return new Verdict.BudgetExhausted(effort, "nothing is explored yet");
  }
}
