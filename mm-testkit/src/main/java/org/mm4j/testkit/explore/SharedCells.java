/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.HashMap;
import java.util.Map;

/**
 * Which accesses to which cells race with an access of another task, as far as the runs so far have
 * shown. Only these are steps. It only grows, between two runs, and a search has to begin again
 * then.
 */
final class SharedCells {
  private final Map<CellName, Long> shared = new HashMap<>();
  private final Map<CellName, Long> found = new HashMap<>();

  /** Returns the bit of a kind of access by a task. */
  static long bit(int task, int access) {
    return 1L << (task * Access.COUNT + access);
  }

  /** Returns the accesses to a cell that are steps, one bit each. */
  long of(CellName name) {
    return shared.getOrDefault(name, 0L);
  }

  /** Notes, for the runs to come, that accesses are shared. */
  void add(CellName name, long bits) {
    found.merge(name, bits, (one, other) -> one | other);
  }

  /** Takes over what the runs since the last call have found, and returns whether there is any. */
  boolean grow() {
    boolean any = !found.isEmpty();
    found.forEach((name, bits) -> shared.merge(name, bits, (one, other) -> one | other));
    found.clear();
    return any;
  }
}
