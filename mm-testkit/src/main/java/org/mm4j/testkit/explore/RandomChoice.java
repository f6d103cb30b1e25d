/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.random.RandomGenerator;
import org.mm4j.testkit.Seeds;

/** Anybody who can go on, with the same probability. */
final class RandomChoice implements Chooser {
  private final RandomGenerator random;

  RandomChoice(long seed) {
    random = Seeds.random(seed);
  }

  @Override
  public void begin() {}

  @Override
  public int choose(ExploredRun run, int enabled) {
    int skip = random.nextInt(Integer.bitCount(enabled));
    int rest = enabled;
    for (int i = 0; i < skip; i++) {
      rest &= rest - 1;
    }
    return Integer.numberOfTrailingZeros(rest);
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
