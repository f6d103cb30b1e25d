/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

/**
 * What happened before what in a run, and which accesses race: they touch the same cell, one of
 * them changes it, and nothing that happened in between orders them.
 *
 * <p>Each task has a vector clock. Steps, and acquisitions and releases of locks, pass it on from
 * each to those that depend on it; other accesses do not, which is what makes a race of them
 * visible although the run has performed them one after the other.
 */
final class Order {
  private final SharedCells sharing;
  private int tasks;
  private int changes;

  Order(SharedCells sharing) {
    this.sharing = sharing;
  }

  void begin(int taskCount) {
    tasks = taskCount;
  }

  /** Orders an access after what it depends on, and finds out whether it had to be a step. */
  void access(ExploredTask task, Cell cell, int access) {
    checkRaces(task, cell, access);
    if (cell.isStep(task.number, access) || Access.isLock(access)) {
      cell.tell(task.clock, access);
      task.clock[task.number]++;
      cell.learn(task.clock, access);
      cell.times[access * tasks + task.number] = task.clock[task.number];
    } else {
      cell.times[access * tasks + task.number] = task.clock[task.number] + 1;
    }
  }

  /** Notes a store that goes into the buffer, and returns what its task knows. */
  int[] buffered(ExploredTask task, Cell cell, int access) {
    checkRaces(task, cell, access);
    int now = ++task.clock[task.number];
    cell.times[access * tasks + task.number] = now;
    return task.clock.clone();
  }

  /** Notes a store that reaches memory. */
  void flushed(ExploredTask task, StoreBuffer.Entry entry) {
    entry.cell().learn(entry.clock(), entry.access());
    if (Access.isRelease(entry.access())) {
      released(task, entry.cell());
    } else {
      changed(task, entry.cell());
    }
  }

  /** Notes that what a task does next depends on the cell. */
  void looked(ExploredTask task, Cell cell) {
    task.noteLook(cell, changes, false);
  }

  /** Notes that a task could not have a lock. */
  void refused(ExploredTask task, Cell cell) {
    task.noteLook(cell, changes, true);
  }

  /** Notes that a task has changed the cell. */
  void changed(ExploredTask task, Cell cell) {
    cell.changes[task.number] = ++changes;
  }

  /** Notes that a task has released a lock. */
  void released(ExploredTask task, Cell cell) {
    cell.releases[task.number] = ++changes;
  }

  private void checkRaces(ExploredTask task, Cell cell, int access) {
    int wrong = Access.races(access);
    for (int other = 0; other < tasks; other++) {
      if (other == task.number) {
        continue;
      }
      int known = task.clock[other];
      for (int kind = 0; kind < Access.COUNT; kind++) {
        if ((wrong & 1 << kind) != 0 && cell.times[kind * tasks + other] > known) {
          long unknown = cell.race(task.number, access, other, kind);
          if (unknown != 0) {
            sharing.add(cell.name, unknown);
          }
        }
      }
    }
  }
}
