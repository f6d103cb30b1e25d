/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.khugepaged.strategy.PreFixStrategy;

/** Worlds and operations without interleavings: what is explored must do what its name says. */
final class WorldTest {
  static Stream<Role> roles() {
    return Roles.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("roles")
  void everyRoleIsExplainedWhenItIsAlone(Role role) throws Exception {
    for (WorldPlan plan : List.of(WorldPlan.small(), WorldPlan.small().pages("m-mammmm"))) {
      try (World world = Scenario.of(plan, role).plan().build()) {
        List<Call> calls = OneAfterTheOther.run(world, role.operations().toArray(Operation[]::new));
        assertEquals(role.operations().size(), calls.size());
      }
    }
  }

  @Test
  void aCollapseThroughTheOtherSpaceMakesTheFileHuge() throws Exception {
    try (World world = WorldPlan.small().build()) {
      List<Call> calls = OneAfterTheOther.run(world, Operations.collapse());
      assertTrue(calls.getFirst().isCommitted());
      assertEquals(3, world.audit().folios().getFirst().order());
    }
  }

  @Test
  void aRoundOfKhugepagedMakesTheFileHuge() throws Exception {
    try (World world = WorldPlan.small().build()) {
      assertTrue(OneAfterTheOther.run(world, Operations.scan()).getFirst().isCommitted());
    }
  }

  @Test
  void aWatchedHoleRefusesTheCollapse() throws Exception {
    for (Watched watched : List.of(Watched.WHOLE, Watched.TAIL, Watched.NEIGHBOUR)) {
      try (World world = WorldPlan.small().watching(watched).armed(true).build()) {
        assertEquals(
            "EBUSY", OneAfterTheOther.run(world, Operations.collapse()).getFirst().result());
      }
    }
  }

  @Test
  void aFullWorldCollapses() throws Exception {
    try (World world = WorldPlan.full().build()) {
      assertEquals("ok", OneAfterTheOther.run(world, Operations.collapse()).getFirst().result());
    }
  }

  @Test
  void preFixFillsAReportedHoleAndTheLedgerSeesIt() throws Exception {
    try (World world = WorldPlan.small().strategy(new PreFixStrategy()).build()) {
      AssertionError broken =
          assertThrows(
              AssertionError.class,
              () ->
                  OneAfterTheOther.run(
                      world, Operations.register(), Operations.seekHole(), Operations.collapse()));
      assertTrue(broken.getMessage().contains("reported as a hole"), broken.getMessage());
    }
  }

  @Test
  void aPatternThatDoesNotFitIsRefused() {
    WorldPlan small = WorldPlan.small();
    assertThrows(IllegalArgumentException.class, () -> small.pages("ppppppppp"));
    assertThrows(IllegalArgumentException.class, () -> small.pages("px"));
  }
}
