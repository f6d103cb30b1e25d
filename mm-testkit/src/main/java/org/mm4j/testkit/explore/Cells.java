/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The cells of one run, found by identity. Numbers come from the order of the first accesses, never
 * from identity hashes: the same schedule gives the same numbers in every process.
 */
final class Cells {
  /** The owner of the cells for the content of frames. */
  static final Object FRAMES = new Object();

  /** The greatest number of tasks. */
  static final int MOST_TASKS = 8;

  private final SharedCells sharing;
  private final int[] objectsOfTask = new int[MOST_TASKS];
  private int tasks;
  private @Nullable Cell[] table = new Cell[1024];
  private @Nullable Object[] objects = new Object[512];
  private int[] numbers = new int[512];
  private int objectCount;
  private int setUp;
  private int count;

  Cells(SharedCells sharing) {
    this.sharing = sharing;
  }

  /** Takes the number of tasks, after the world was built. */
  void begin(int number) {
    tasks = number;
  }

  /** Numbers an object that is accessed while the world is built. */
  void note(Object object) {
    int at = findObject(object);
    if (objects[at] == null) {
      addObject(at, object, ++setUp);
    }
  }

  /** Returns the cell of a field or an element, which a task is about to access. */
  Cell of(int task, Object owner, @Nullable Object field, long index) {
    int mask = table.length - 1;
    int at = hash(owner, field, index) & mask;
    while (true) {
      Cell cell = table[at];
      if (cell == null) {
        return add(at, task, owner, field, index);
      }
      if (isSame(cell.owner, owner) && isSame(cell.field, field) && cell.index == index) {
        return cell;
      }
      at = (at + 1) & mask;
    }
  }

  private Cell add(int at, int task, Object owner, @Nullable Object field, long index) {
    CellName name = new CellName(numberOf(task, owner), field, index);
    Cell cell = new Cell(count++, owner, field, index, name, tasks, sharing.of(name));
    table[at] = cell;
    if (2 * count > table.length) {
      @Nullable Cell[] old = table;
      table = new Cell[2 * old.length];
      int mask = table.length - 1;
      for (Cell moved : old) {
        if (moved != null) {
          int to = hash(moved.owner, moved.field, moved.index) & mask;
          while (table[to] != null) {
            to = (to + 1) & mask;
          }
          table[to] = moved;
        }
      }
    }
    return cell;
  }

  private int numberOf(int task, Object object) {
    if (isSame(object, FRAMES)) {
      return 0;
    }
    int at = findObject(object);
    if (objects[at] == null) {
      int number = -(++objectsOfTask[task] * 8 + task);
      addObject(at, object, number);
      return number;
    }
    return numbers[at];
  }

  private int findObject(Object object) {
    int mask = objects.length - 1;
    int at = spread(System.identityHashCode(object)) & mask;
    while (objects[at] != null && !isSame(objects[at], object)) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void addObject(int at, Object object, int number) {
    objects[at] = object;
    numbers[at] = number;
    if (2 * ++objectCount > objects.length) {
      @Nullable Object[] oldObjects = objects;
      int[] oldNumbers = numbers;
      objects = new Object[2 * oldObjects.length];
      numbers = new int[objects.length];
      for (int i = 0; i < oldObjects.length; i++) {
        Object moved = oldObjects[i];
        if (moved != null) {
          int to = findObject(moved);
          objects[to] = moved;
          numbers[to] = oldNumbers[i];
        }
      }
    }
  }

  /** Forgets everything, for the next run. */
  void clear() {
    Arrays.fill(table, null);
    Arrays.fill(objects, null);
    Arrays.fill(objectsOfTask, 0);
    count = 0;
    objectCount = 0;
    setUp = 0;
  }

  private static int hash(Object owner, @Nullable Object field, long index) {
    int sub = field == null ? (int) index * 0x9E3779B9 : System.identityHashCode(field);
    return spread(System.identityHashCode(owner) * 31 + sub);
  }

  private static int spread(int hash) {
    return hash ^ (hash >>> 15);
  }

  @SuppressWarnings("ReferenceEquality") // a cell belongs to an object, whatever equals it
  private static boolean isSame(@Nullable Object one, @Nullable Object other) {
    return one == other;
  }
}
