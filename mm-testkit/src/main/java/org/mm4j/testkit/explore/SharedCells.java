/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.HashMap;
import java.util.Map;

/**
 * Which cells several tasks access without an order, as far as the runs so far have shown. Only
 * accesses to these are steps. It only grows, between two runs, and a search has to begin again
 * then.
 */
final class SharedCells {
  /** Accesses are steps. */
  private static final int SHARED = 1;

  /** Releases of the lock are steps, too. */
  private static final int RELEASES = 2;

  private final Map<CellName, Integer> shared = new HashMap<>();
  private final Map<CellName, Integer> found = new HashMap<>();

  int of(CellName name) {
    return shared.getOrDefault(name, 0);
  }

  /** Notes, for the runs to come, that a cell is shared. */
  void add(CellName name, boolean withReleases) {
    int now = SHARED | (withReleases ? RELEASES : 0);
    if ((of(name) & now) != now) {
      found.merge(name, now, (one, other) -> one | other);
    }
  }

  /** Takes over what the runs since the last call have found, and returns whether there is any. */
  boolean grow() {
    boolean any = !found.isEmpty();
    found.forEach((name, now) -> shared.merge(name, now, (one, other) -> one | other));
    found.clear();
    return any;
  }
}
