/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.testkit.explore.Budget;
import org.mm4j.testkit.explore.Exploration;
import org.mm4j.testkit.explore.MemoryModel;
import org.mm4j.testkit.explore.Search;
import org.mm4j.testkit.explore.Verdict;
import org.mm4j.testkit.world.Role;
import org.mm4j.testkit.world.Roles;
import org.mm4j.testkit.world.Scenario;
import org.mm4j.testkit.world.WorldPlan;

/**
 * The core of the small world: {@code linux} against every other role, under both memory models, as
 * far as that takes seconds. What takes hours is for {@code ./mm4j verify-interleavings}.
 *
 * <p>Under SC every schedule with one preemption is explored. Under TSO a delay of a store buffer
 * is a preemption as well, so there are far more: one is explored where that ends in seconds, none
 * for the other roles, and samples for the largest. A few pairs end without any bound.
 */
@Isolated
final class LinuxAgainstEveryRoleTest {
  private static final Duration MOST = Duration.ofSeconds(110);

  /** Two collapses change so much that even one preemption takes minutes. */
  private static final Set<String> COLLAPSES = Set.of("collapse", "khugepaged");

  private static final Set<String> SMALL_UNDER_TSO =
      Set.of(
          "register-locked",
          "unregister",
          "copy",
          "zeropage",
          "write-hole",
          "mincore-page",
          "locked-lookup",
          "unmap",
          "fork");

  /**
   * They wait for placeholders and for each other's stores in so many ways that it takes minutes.
   */
  private static final Set<String> LARGE_UNDER_TSO = Set.of("load-hole", "store-hole");

  private static final Set<String> SMALL_WITHOUT_A_BOUND =
      Set.of("register-locked", "unregister", "locked-lookup", "unmap", "fork");

  /** The search that finds {@code linux-as-merged} in its 56th run. */
  private static final Search FINDS_AS_MERGED = Search.pct(1, 3);

  static Stream<Role> roles() {
    return Roles.ALL.stream();
  }

  static Stream<Role> rolesUnderTso() {
    return roles().filter(role -> !LARGE_UNDER_TSO.contains(role.name()));
  }

  static Stream<Role> largeRolesUnderTso() {
    return Stream.concat(
        Stream.of(Roles.REGISTER), roles().filter(role -> LARGE_UNDER_TSO.contains(role.name())));
  }

  static Stream<Role> smallRoles() {
    return roles().filter(role -> SMALL_WITHOUT_A_BOUND.contains(role.name()));
  }

  @ParameterizedTest
  @MethodSource("roles")
  void rule_0_3_noScheduleWithOnePreemptionBreaksARuleUnderSc(Role role) {
    int preemptions = COLLAPSES.contains(role.name()) ? 0 : 1;
    explore(role, MemoryModel.SC, Search.fewestPreemptions(preemptions)).assertComplete();
  }

  @ParameterizedTest
  @MethodSource("rolesUnderTso")
  void rule_0_3_noScheduleWithFewDelaysBreaksARuleUnderTso(Role role) {
    int preemptions = SMALL_UNDER_TSO.contains(role.name()) ? 1 : 0;
    explore(role, MemoryModel.TSO, Search.fewestPreemptions(preemptions)).assertComplete();
  }

  @ParameterizedTest
  @MethodSource("smallRoles")
  void rule_0_6_noScheduleAtAllBreaksARule(Role role) {
    for (MemoryModel model : MemoryModel.values()) {
      explore(role, model, Search.exhaustive()).assertComplete();
    }
  }

  @ParameterizedTest
  @MethodSource("largeRolesUnderTso")
  void rule_4_17_theSearchThatFindsTheMissingFenceFindsNothing(Role role) {
    Scenario scenario = Scenario.of(WorldPlan.small(), Roles.COLLAPSE, role);
    Exploration.of(scenario.name(), scenario)
        .memoryModel(MemoryModel.TSO)
        .search(FINDS_AS_MERGED)
        .budget(Budget.ofRuns(500).withWallTime(MOST))
        .explore()
        .assertNothingFound();
  }

  private static Verdict explore(Role role, MemoryModel model, Search search) {
    Scenario scenario = Scenario.of(WorldPlan.small(), Roles.COLLAPSE, role);
    return Exploration.of(scenario.name(), scenario)
        .memoryModel(model)
        .search(search)
        .budget(Budget.of(MOST))
        .explore();
  }
}
