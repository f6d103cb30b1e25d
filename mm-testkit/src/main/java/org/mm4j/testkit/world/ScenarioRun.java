/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.util.ArrayList;
import java.util.List;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.Placeholder;
import org.mm4j.spi.SwapEntry;
import org.mm4j.testkit.explore.Ending;
import org.mm4j.testkit.explore.Run;
import org.mm4j.testkit.explore.Step;
import org.mm4j.testkit.explore.Task;
import org.mm4j.testkit.explore.WorldView;

/** One run of a scenario, with the monitors. */
final class ScenarioRun implements Run {
  private static final int MOST_CELLS = 16;

  private final World world;
  private final List<Role> roles;
  private final List<Task> tasks = new ArrayList<>();

  ScenarioRun(World world, List<Role> roles) {
    this.world = world;
    this.roles = roles;
    for (Role role : roles) {
      tasks.add(new Task(role.name(), () -> perform(role)));
    }
  }

  private void perform(Role role) throws Exception {
    for (Operation operation : role.operations()) {
      operation.body().in(world);
    }
  }

  @Override
  public List<Task> tasks() {
    return tasks;
  }

  @Override
  public void afterStep(Step step) {
    world.settle();
  }

  @Override
  public void afterAll(Ending ending) {
    world.checkAtRest();
  }

  @Override
  public boolean mayWaitForEver(Task task) {
    return roles.get(tasks.indexOf(task)).mayWait();
  }

  @Override
  public WorldView view() {
    List<String> slots = new ArrayList<>();
    int pages = Math.min(MOST_CELLS, world.plan().size().pages());
    for (int page = 0; page < pages; page++) {
      slots.add(cell(page));
    }
    return new WorldView(
        List.of(
            new WorldView.Row("page cache", slots),
            new WorldView.Row(
                "registration", List.of(world.ledger().isArmed() ? "MISSING" : "none"))));
  }

  private String cell(int page) {
    PageCacheEntry entry = world.pageCache().glance(page);
    String text =
        switch (entry) {
          case null -> "hole";
          case Placeholder placeholder -> "retry";
          case SwapEntry swap -> "swap";
          case Folio folio -> world.ledger().isATarget(folio) ? "huge" : "page";
        };
    return world.ledger().isReported(page) ? text + "!" : text;
  }

  /** Nobody has to be woken in most runs; then the world is garbage, which costs less. */
  @Override
  public void close() {
    if (world.journal().someoneWaits()) {
      world.close();
    }
  }
}
