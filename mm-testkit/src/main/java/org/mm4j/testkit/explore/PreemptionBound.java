/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.Arrays;

/**
 * Depth first through the schedules with a number of preemptions, then through those with one more.
 * A preemption is a switch away from a task that could go on; to let a store stay in its buffer
 * while its task goes on is one as well, until the buffer is empty again.
 */
final class PreemptionBound implements Chooser {
  private final int most;
  private int bound;
  private boolean excluded;

  // the path, from the first step
  private byte[] chosen = new byte[512];
  private int[] enabled = new int[512];
  private int[] tried = new int[512];
  private int[] prints = new int[512];
  private int[] spent = new int[513];

  /** Tasks that delay their stores, before each step. */
  private int[] delaying = new int[513];

  /** Which actors would cost one more, at each step. */
  private int[] costly = new int[512];

  private int prefix;
  private int depth;

  PreemptionBound(int most) {
    this.most = most;
  }

  /** Returns how many preemptions the schedules have that are tried now. */
  int bound() {
    return bound;
  }

  @Override
  public void begin() {
    depth = 0;
  }

  @Override
  public int choose(ExploredRun run, int mayGoOn) {
    int at = depth++;
    if (at < prefix) {
      if (mayGoOn != enabled[at] || run.fingerprint() != prints[at]) {
        throw new ExplorationFailed(
            "the program is not deterministic: step "
                + at
                + " of the same schedule differs; now "
                + run.describeState());
      }
      follow(run, at);
      return chosen[at];
    }
    if (at == chosen.length) {
      grow();
    }
    enabled[at] = mayGoOn;
    prints[at] = run.fingerprint();
    costly[at] = costs(run, at, mayGoOn);
    int free = mayGoOn & ~costly[at];
    int actor = preferred(run, free == 0 ? mayGoOn : free);
    tried[at] = 1 << actor;
    chosen[at] = (byte) actor;
    follow(run, at);
    return actor;
  }

  /** Buffers first, then whoever ran, then the lowest number. */
  private static int preferred(ExploredRun run, int candidates) {
    int flushers = candidates >>> run.taskCount();
    if (flushers != 0) {
      return Integer.numberOfTrailingZeros(flushers) + run.taskCount();
    }
    int last = run.lastActor();
    return last >= 0 && (candidates & 1 << last) != 0
        ? last
        : Integer.numberOfTrailingZeros(candidates);
  }

  private int costs(ExploredRun run, int at, int mayGoOn) {
    int tasks = run.taskCount();
    int last = run.lastTask();
    // Waiting for one's own buffer is no reason to let somebody else go first.
    boolean lastMayGoOn = last >= 0 && (mayGoOn & (1 << last | 1 << (last + tasks))) != 0;
    int costs = 0;
    for (int task = 0; task < tasks; task++) {
      boolean preempts = lastMayGoOn && task != last;
      boolean delays = (mayGoOn & 1 << (task + tasks)) != 0 && (delaying[at] & 1 << task) == 0;
      if (preempts || delays) {
        costs |= 1 << task;
      }
    }
    return costs;
  }

  /** Works out what has been spent after the step. */
  private void follow(ExploredRun run, int at) {
    int tasks = run.taskCount();
    int actor = chosen[at];
    spent[at + 1] = spent[at] + (costly[at] >>> actor & 1);
    int waiting = enabled[at] >>> tasks;
    int delay = delaying[at] & waiting;
    delaying[at + 1] = actor < tasks ? delay | (waiting & 1 << actor) : delay;
  }

  @Override
  public boolean next() {
    for (int at = depth - 1; at >= 0; at--) {
      int left = enabled[at] & ~tried[at];
      if (spent[at] >= bound) {
        int tooMany = left & costly[at];
        excluded |= tooMany != 0;
        left &= ~tooMany;
      }
      if (left != 0) {
        int actor = Integer.numberOfTrailingZeros(left);
        chosen[at] = (byte) actor;
        tried[at] |= 1 << actor;
        prefix = at + 1;
        return true;
      }
    }
    if (!excluded || bound == most) {
      return false;
    }
    bound++;
    excluded = false;
    restart();
    return true;
  }

  @Override
  public void restart() {
    prefix = 0;
    depth = 0;
  }

  @Override
  public boolean onlySharedCells() {
    return true;
  }

  private void grow() {
    int length = 2 * chosen.length;
    chosen = Arrays.copyOf(chosen, length);
    enabled = Arrays.copyOf(enabled, length);
    tried = Arrays.copyOf(tried, length);
    prints = Arrays.copyOf(prints, length);
    costly = Arrays.copyOf(costly, length);
    spent = Arrays.copyOf(spent, length + 1);
    delaying = Arrays.copyOf(delaying, length + 1);
  }
}
