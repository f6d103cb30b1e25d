/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Explores the interleavings of a small program; start here.
 *
 * <pre>{@code
 * Exploration.of("collapse against register", program)
 *     .memoryModel(MemoryModel.TSO)
 *     .search(Search.exhaustive())
 *     .explore()
 *     .assertComplete();
 * }</pre>
 *
 * <p>One exploration at a time per process: a second one waits. For one thread.
 */
public final class Exploration {
  private final String world;
  private final Program program;
  private final List<Site> weakened = new ArrayList<>();
  private MemoryModel model = MemoryModel.SC;
  private Search search = Search.exhaustive();
  private Budget budget = Budget.USUAL;

  private Exploration(String world, Program program) {
    this.world = world;
    this.program = program;
  }

  /**
   * Begins the description of an exploration: sequentially consistent, exhaustive, the usual
   * budget.
   *
   * @param world the name of the world, for the verdict
   * @param program builds it
   */
  public static Exploration of(String world, Program program) {
    return new Exploration(world, program);
  }

  /** Chooses the memory model. */
  public Exploration memoryModel(MemoryModel chosen) {
    model = chosen;
    return this;
  }

  /** Chooses the search. */
  public Exploration search(Search chosen) {
    search = chosen;
    return this;
  }

  /** Limits the effort. */
  public Exploration budget(Budget chosen) {
    budget = chosen;
    return this;
  }

  /** Takes the fences of some places away. */
  public Exploration weakened(Site... sites) {
    weakened.addAll(Arrays.asList(sites));
    return this;
  }

  /**
   * Explores.
   *
   * @throws ExplorationFailed if nothing can be said: the program is not deterministic, another
   *     thread touched it, a run did not end
   */
  public Verdict explore() {
    return new Explorer(world, program, model, search, budget, List.copyOf(weakened)).explore();
  }
}
