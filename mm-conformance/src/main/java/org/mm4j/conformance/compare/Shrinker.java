/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mm4j.conformance.scenario.Scenario;
import org.mm4j.conformance.scenario.Step;

/**
 * Finds a short scenario with the same difference: takes steps away (delta debugging), then makes
 * arguments simpler, until neither helps.
 */
public final class Shrinker {
  private final Function<Scenario, @Nullable Difference> comparison;
  private final int runLimit;
  private int runs;

  /**
   * Creates a shrinker.
   *
   * @param comparison runs a scenario with care, and returns its difference, if any
   * @param runLimit how many scenarios are tried at most
   */
  public Shrinker(Function<Scenario, @Nullable Difference> comparison, int runLimit) {
    this.comparison = comparison;
    this.runLimit = runLimit;
  }

  /** Returns how many scenarios were tried. */
  public int runs() {
    return runs;
  }

  /**
   * Shrinks a scenario.
   *
   * @param found what was found
   * @return the difference in the shortest scenario; {@code found} if it does not come again
   */
  public Difference shrink(Difference found) {
    Difference again = attempt(found.scenario(), found);
    if (again == null) {
      return found;
    }
    Difference best = again;
    Difference before;
    do {
      before = best;
      best = withFewerSteps(best);
      best = withSimplerSteps(best);
    } while (isSmaller(best, before) && runs < runLimit);
    return best;
  }

  private static boolean isSmaller(Difference now, Difference before) {
    return now.made().size() < before.made().size() || !now.made().equals(before.made());
  }

  private @Nullable Difference attempt(Scenario scenario, Difference wanted) {
    runs++;
    Difference difference = comparison.apply(scenario);
    return difference != null && difference.resembles(wanted) ? difference : null;
  }

  private Difference withFewerSteps(Difference found) {
    Difference best = found;
    int piece = Math.max(1, best.made().size() / 2);
    while (runs < runLimit) {
      boolean removed = false;
      for (int from = Math.max(0, best.made().size() - piece);
          from >= 0 && runs < runLimit;
          from = from == 0 ? -1 : Math.max(0, from - piece)) {
        List<Step> rest = new ArrayList<>(best.made());
        rest.subList(from, Math.min(from + piece, rest.size())).clear();
        Difference smaller = rest.isEmpty() ? null : attempt(new Scenario(rest), best);
        if (smaller != null) {
          best = smaller;
          removed = true;
          from = Math.min(from, best.made().size());
        }
      }
      if (piece == 1 && !removed) {
        break;
      }
      piece = Math.max(1, piece / 2);
    }
    return best;
  }

  private Difference withSimplerSteps(Difference found) {
    Difference best = found;
    for (int at = 0; at < best.made().size(); at++) {
      boolean simplified = true;
      while (simplified && at < best.made().size() && runs < runLimit) {
        simplified = false;
        for (Step simpler : Simplification.of(best.made().get(at))) {
          List<Step> changed = new ArrayList<>(best.made());
          changed.set(at, simpler);
          Difference smaller = attempt(new Scenario(changed), best);
          if (smaller != null) {
            best = smaller;
            simplified = true;
            break;
          }
          if (runs >= runLimit) {
            break;
          }
        }
      }
    }
    return best;
  }
}
