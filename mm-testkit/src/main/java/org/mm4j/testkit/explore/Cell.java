/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import org.jspecify.annotations.Nullable;

/**
 * One location of a run that tasks access: a field of an object, an element of an array, a lock, a
 * wait queue, the content of a frame.
 */
final class Cell {
  /** Marks the index of a cell that is no element. */
  static final long NO_INDEX = -1;

  /** The number of the cell in its run, in the order of the first accesses. */
  final int id;

  final Object owner;

  /** The handle of the field, or null. */
  final @Nullable Object field;

  final long index;

  /** What the cell is called in every run that begins the same way. */
  final CellName name;

  /** The accesses that are steps, see {@link SharedCells#bit}. */
  private final long steps;

  /** Races that were found in this run already. */
  private long found;

  /** When each task accessed the cell last, in its own time, by {@link Access}. */
  final int[] times;

  /** What whoever stored here last knew of each task, or null before the first store. */
  private int @Nullable [] storeClock;

  /** What those who looked knew. */
  private int @Nullable [] loadClock;

  /** What those who added knew. */
  private int @Nullable [] addClock;

  /** The number of each task's last change, of all changes of the run. */
  final int[] changes;

  /** The same for releases of the lock. */
  final int[] releases;

  /** The task that holds the lock exclusively, or -1. */
  int holder = -1;

  /** The tasks that hold the lock shared, one bit each. */
  int sharers;

  Cell(
      int id,
      Object owner,
      @Nullable Object field,
      long index,
      CellName name,
      int tasks,
      long steps) {
    this.id = id;
    this.owner = owner;
    this.field = field;
    this.index = index;
    this.name = name;
    this.steps = steps;
    this.times = new int[Access.COUNT * tasks];
    this.changes = new int[tasks];
    this.releases = new int[tasks];
  }

  /** Returns whether an access of a task is a step. */
  boolean isStep(int task, int access) {
    return (steps & SharedCells.bit(task, access)) != 0;
  }

  /** Notes a race; returns the accesses of which it was not known that they are shared. */
  long race(int task, int access, int other, int otherAccess) {
    long bits = SharedCells.bit(task, access) | SharedCells.bit(other, otherAccess);
    long unknown = bits & ~(steps | found);
    found |= unknown;
    return unknown;
  }

  /** Returns whether a task that wants the lock has to wait. */
  boolean excludes(boolean wantsShared) {
    return holder >= 0 || (!wantsShared && sharers != 0);
  }

  /** Returns whether more than one task has accessed the cell. */
  boolean isTouchedBySeveral() {
    int tasks = changes.length;
    int touched = 0;
    for (int i = 0; i < times.length; i++) {
      touched |= times[i] == 0 ? 0 : 1 << i % tasks;
    }
    return Integer.bitCount(touched) > 1;
  }

  /** Tells a task what those knew whose accesses it depends on. */
  void tell(int[] clock, int access) {
    join(clock, storeClock);
    if (!Access.looks(access)) {
      join(clock, loadClock);
    }
    if (!Access.adds(access)) {
      join(clock, addClock);
    }
  }

  /** Notes what a task knew when its access happened. */
  void learn(int[] clock, int access) {
    if (Access.looks(access)) {
      loadClock = joined(loadClock, clock);
    } else if (Access.adds(access)) {
      addClock = joined(addClock, clock);
    } else {
      storeClock = joined(storeClock, clock);
    }
  }

  private static int[] joined(int @Nullable [] known, int[] clock) {
    if (known == null) {
      return clock.clone();
    }
    join(known, clock);
    return known;
  }

  private static void join(int[] clock, int @Nullable [] other) {
    if (other != null) {
      for (int i = 0; i < clock.length; i++) {
        clock[i] = Math.max(clock[i], other[i]);
      }
    }
  }
}
