/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.mm4j.testkit.Seeds;

/**
 * Probabilistic concurrency testing: each actor has a random priority and the highest one goes on;
 * at a few random steps the priority of whoever would go on drops below all others.
 */
final class Priorities implements Chooser {
  private final RandomGenerator random;
  private final int depth;
  private int longest = 16;
  private int steps;
  private int lowest;
  private int[] priorities = {};
  private int[] changes = {};

  Priorities(long seed, int depth) {
    this.random = Seeds.random(seed);
    this.depth = depth;
  }

  @Override
  public void begin() {
    longest = Math.max(longest, steps);
    steps = 0;
    lowest = 0;
    priorities = random.ints(2L * Cells.MOST_TASKS, 1, Integer.MAX_VALUE).toArray();
    changes = random.ints(depth - 1L, 0, longest).toArray();
    Arrays.sort(changes);
  }

  @Override
  public int choose(ExploredRun run, int enabled) {
    int actor = highest(enabled);
    if (Arrays.binarySearch(changes, steps++) >= 0) {
      priorities[actor] = --lowest;
      actor = highest(enabled);
    }
    return actor;
  }

  private int highest(int enabled) {
    int best = -1;
    for (int rest = enabled; rest != 0; rest &= rest - 1) {
      int actor = Integer.numberOfTrailingZeros(rest);
      if (best < 0 || priorities[actor] > priorities[best]) {
        best = actor;
      }
    }
    return best;
  }

  @Override
  public boolean next() {
    return true;
  }

  @Override
  public void restart() {}

  @Override
  public boolean onlySharedCells() {
    return true;
  }
}
