/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.mm4j.testkit.explore.Exploration;
import org.mm4j.testkit.explore.Search;
import org.mm4j.testkit.world.Role;
import org.mm4j.testkit.world.Roles;
import org.mm4j.testkit.world.Scenario;
import org.mm4j.testkit.world.WorldPlan;

/**
 * Found by exploring all pairs: a read that looked at the size before a truncation, and for the
 * page after it, answered zeros that never were in the file (schedule {@code 0x1 1x1 0x10 1x97
 * 0x15} of that time). Linux looks at the size again.
 */
@Isolated
final class ReadAgainstTruncateTest {
  @Test
  void rule_0_5_aReadThatLosesItsPageToATruncationSeesTheNewEnd() {
    Scenario scenario = Scenario.of(WorldPlan.small(), role("read-page"), role("truncate"));
    Exploration.of(scenario.name(), scenario)
        .search(Search.fewestPreemptions(1))
        .explore()
        .assertComplete();
  }

  private static Role role(String name) {
    return Roles.named(name).orElseThrow();
  }
}
