/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.mm4j.Errno;
import org.mm4j.UserAddresses;
import org.mm4j.conformance.generate.ScenarioGenerator;

final class StepTest {
  @Test
  void whatIsPrintedCanBeParsed() {
    World world = new World();
    ScenarioGenerator generator = new ScenarioGenerator(1, 2_000);
    for (Step step = generator.next(world); step != null; step = generator.next(world)) {
      assertEquals(step, Step.parse(step.toString()));
      world.record(step, Answer.of(plausible(step)));
    }
  }

  /** No kernel says yes to an address beyond the user addresses. */
  private static Outcome plausible(Step step) {
    boolean isBeyond =
        step.arguments().stream()
            .anyMatch(argument -> Long.compareUnsigned(argument, UserAddresses.END) > 0);
    return isBeyond ? Outcome.refused(Errno.EINVAL) : Outcome.OK;
  }

  @Test
  void scenariosHaveComments() {
    Scenario scenario = Scenario.parse(List.of("# why", "", "s0.t0 truncate(f0, 0x1000)"));
    assertEquals("s0.t0 truncate(f0, 0x1000)\n", scenario.toString());
  }

  @Test
  void anythingElseIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Step.parse("s0.t0 truncate(f0)"));
    assertThrows(IllegalArgumentException.class, () -> Step.parse("t0 truncate(f0, 0x1)"));
    assertThrows(IllegalArgumentException.class, () -> Step.parse("s0.t0 truncate(f0, 1)"));
    assertThrows(IllegalArgumentException.class, () -> Step.parse("s0.t0 frobnicate(f0, 0x1)"));
  }

  @Test
  void answersCanBeParsed() {
    TreeMap<Lane, Outcome> released = new TreeMap<>();
    released.put(new Lane(1, 2), Outcome.ok(7));
    Answer answer = new Answer(Outcome.BLOCKED, released, "PAGE_COUNT*2");
    assertEquals(answer, Answer.parse(answer.toString()));
  }
}
