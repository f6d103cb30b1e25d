/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class WorldTest {
  private final World world = new World();

  private void make(String step, String answer) {
    Step parsed = Step.parse(step);
    assertTrue(world.permits(parsed), step);
    world.record(parsed, Answer.parse(answer));
  }

  private boolean permits(String step) {
    return world.permits(Step.parse(step));
  }

  @Test
  void aStepNeedsWhatItNames() {
    assertFalse(permits("s0.t0 truncate(f0, 0x1)"));
    make("s0.t0 create(f0, -)", "ok");
    assertTrue(permits("s0.t0 truncate(f0, 0x1)"));
    assertFalse(permits("s0.t0 create(f0, -)"), "it is there already");
    make("s0.t0 close_file(f0)", "ok");
    assertFalse(permits("s0.t0 truncate(f0, 0x1)"));
  }

  @Test
  void whatWasRefusedIsNotThere() {
    make("s0.t0 create(f0, -)", "EINVAL");
    assertFalse(permits("s0.t0 close_file(f0)"));
  }

  @Test
  void aWaitingThreadMakesNoCallUntilItIsReleased() {
    make("s0.t1 hold(p0, 0x1000, 0x1000)", "blocked");
    assertFalse(permits("s0.t1 load(0x1000, 0x1)"));
    assertFalse(permits("s0.t0 let_go(p0)"));
    make("s0.t0 load(0x1000, 0x1)", "ok 0x0; s0.t1=ok");
    assertTrue(permits("s0.t1 load(0x1000, 0x1)"));
    assertTrue(permits("s0.t0 let_go(p0)"));
  }

  @Test
  void anAddressSpaceTakesItsThreadsWithIt() {
    assertFalse(permits("s0.t0 exit()"), "the first one stays");
    make("s0.t0 fork(s1)", "ok");
    make("s1.t0 load(0x1000, 0x1)", "blocked");
    make("s1.t1 exit()", "ok");
    assertEquals(Map.of(), new TreeMap<>(world.waiting()));
    assertFalse(permits("s1.t1 load(0x1000, 0x1)"));
  }
}
