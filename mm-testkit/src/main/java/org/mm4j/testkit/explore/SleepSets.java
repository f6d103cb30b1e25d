/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.Arrays;

/**
 * Depth first through the tree of schedules. With sleep sets a step that was tried at some point of
 * the tree is not tried again further down until a step that depends on it was made; without them
 * every schedule is tried.
 */
final class SleepSets implements Chooser {
  private final boolean naive;

  // the path, from the first step
  private byte[] chosen = new byte[512];
  private int[] enabled = new int[512];
  private int[] sleeping = new int[512];
  private int[] tried = new int[512];
  private int[] prints = new int[512];

  /** The length of the part of the path that is repeated. */
  private int prefix;

  private int depth;

  SleepSets(boolean naive) {
    this.naive = naive;
  }

  @Override
  public void begin() {
    depth = 0;
  }

  @Override
  public int choose(ExploredRun run, int mayGoOn) {
    int at = depth++;
    if (at < prefix) {
      check(run, at, mayGoOn);
      return chosen[at];
    }
    if (at == chosen.length) {
      grow();
    }
    int asleep = at == 0 || naive ? 0 : stillAsleep(run, at);
    int awake = mayGoOn & ~asleep;
    if (awake == 0) {
      depth = at;
      return CUT;
    }
    int last = run.lastActor();
    int actor = last >= 0 && (awake & 1 << last) != 0 ? last : Integer.numberOfTrailingZeros(awake);
    chosen[at] = (byte) actor;
    enabled[at] = mayGoOn;
    sleeping[at] = asleep;
    tried[at] = 1 << actor;
    prints[at] = run.fingerprint();
    return actor;
  }

  private void check(ExploredRun run, int at, int mayGoOn) {
    if (mayGoOn != enabled[at] || run.fingerprint() != prints[at]) {
      throw new ExplorationFailed(
          "the program is not deterministic: step "
              + at
              + " of the same schedule differs; now "
              + run.describeState());
    }
  }

  private int stillAsleep(ExploredRun run, int at) {
    int before = at - 1;
    int candidates = (sleeping[before] | tried[before]) & ~(1 << chosen[before]);
    int asleep = 0;
    for (int rest = candidates; rest != 0; rest &= rest - 1) {
      int actor = Integer.numberOfTrailingZeros(rest);
      if (!run.dependsOnLast(actor)) {
        asleep |= 1 << actor;
      }
    }
    return asleep;
  }

  @Override
  public boolean next() {
    for (int at = depth - 1; at >= 0; at--) {
      int left = enabled[at] & ~sleeping[at] & ~tried[at];
      if (left != 0) {
        int actor = Integer.numberOfTrailingZeros(left);
        chosen[at] = (byte) actor;
        tried[at] |= 1 << actor;
        prefix = at + 1;
        return true;
      }
    }
    return false;
  }

  @Override
  public void restart() {
    prefix = 0;
    depth = 0;
  }

  @Override
  public boolean onlySharedCells() {
    return !naive;
  }

  private void grow() {
    int length = 2 * chosen.length;
    chosen = Arrays.copyOf(chosen, length);
    enabled = Arrays.copyOf(enabled, length);
    sleeping = Arrays.copyOf(sleeping, length);
    tried = Arrays.copyOf(tried, length);
    prints = Arrays.copyOf(prints, length);
  }
}
