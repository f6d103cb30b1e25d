/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.mm4j.testkit.explore.Program;
import org.mm4j.testkit.explore.Run;

/**
 * Two to four roles in a world: what the explorer explores.
 *
 * <pre>{@code
 * Scenario scenario = Scenario.of(WorldPlan.small(), Roles.COLLAPSE, Roles.REGISTER);
 * Exploration.of(scenario.name(), scenario).memoryModel(MemoryModel.TSO).explore().assertComplete();
 * }</pre>
 *
 * <p>For one exploration at a time: the worlds of its runs follow each other in the same memory.
 */
public final class Scenario implements Program {
  private final WorldPlan plan;
  private final List<Role> roles;
  private final KernelSource kernels;

  private Scenario(WorldPlan plan, List<Role> roles) {
    this.plan = plan;
    this.roles = List.copyOf(roles);
    this.kernels = new KernelSource(plan);
  }

  /** A scenario in exactly this world. */
  public static Scenario exactly(WorldPlan plan, Role... roles) {
    return new Scenario(plan, Arrays.asList(roles));
  }

  /** A scenario in this world, which begins armed if a role needs that and none registers. */
  public static Scenario of(WorldPlan plan, Role... roles) {
    List<Role> all = Arrays.asList(roles);
    boolean registers = all.stream().anyMatch(role -> role.needs() == Role.Needs.UNARMED);
    boolean armed = all.stream().anyMatch(role -> role.needs() == Role.Needs.ARMED);
    return new Scenario(plan.armed(armed && !registers), all);
  }

  /** Returns the roles, joined by {@code +}. */
  public String pair() {
    return roles.stream().map(Role::name).collect(Collectors.joining("+"));
  }

  /** Returns a name for reports. */
  public String name() {
    return pair() + " in " + plan.label();
  }

  /** Returns the world's plan. */
  public WorldPlan plan() {
    return plan;
  }

  /** Returns the roles. */
  public List<Role> roles() {
    return roles;
  }

  @Override
  public Run newRun() {
    return new ScenarioRun(new World(plan, kernels), roles);
  }
}
