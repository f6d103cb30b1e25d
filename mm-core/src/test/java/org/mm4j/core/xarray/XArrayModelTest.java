/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.testkit.Seeds;

/** Random operations, compared with a map from first index to entry after each. */
class XArrayModelTest {
  private static final int OPERATIONS = 2_000;
  private static final List<XArrayMark> MARKS = List.of(XArrayMark.values());

  /** An entry of the model. */
  private record Modelled(int order, Object entry, Set<XArrayMark> marks) {}

  private final TreeMap<Long, Modelled> model = new TreeMap<>();
  private XArray<Object> array;
  private RandomGenerator random;
  private boolean noMemory;
  private boolean reserved;
  private int failures;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 6})
  void everyOperationAgreesWithTheModel(int chunkShift) {
    Seeds.check(seed -> run(seed, chunkShift, false));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6})
  void everyOperationThatFindsNoMemoryChangesNothing(int chunkShift) {
    Seeds.check(
        seed -> {
          run(seed, chunkShift, true);
          assertTrue(failures > 25, "only " + failures + " operations met no memory");
        });
  }

  private void run(long seed, int chunkShift, boolean injecting) {
    random = Seeds.random(seed);
    model.clear();
    failures = 0;
    int[] left = {Integer.MAX_VALUE};
    array =
        new XArray<>(
            "test",
            chunkShift,
            count -> {
              if (left[0]-- <= 0) {
                noMemory = true;
                return null;
              }
              return new Object[count];
            });
    for (int i = 0; i < OPERATIONS; i++) {
      left[0] = injecting ? random.nextInt(6) : Integer.MAX_VALUE;
      noMemory = false;
      long nodes = array.nodeCount();
      boolean reserving = step();
      if (noMemory) {
        failures++;
        assertTrue(reserving || array.nodeCount() == nodes, "nodes were made in vain");
      }
      compare();
    }
    array.eraseRange(0, Long.MAX_VALUE);
    assertTrue(array.isEmpty());
  }

  private long anIndex() {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextLong() >>> (1 + random.nextInt(60));
      case 1 -> Long.MAX_VALUE - random.nextInt(40);
      default -> random.nextInt(600);
    };
  }

  /** Does something to both; returns whether nodes may stay although there was no memory. */
  private boolean step() {
    long index = anIndex();
    int order = random.nextInt(3) == 0 ? random.nextInt(11) : 0;
    XArrayCursor<Object> cursor = array.cursor();
    cursor.lock();
    try {
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> {
          Object entry = new Object();
          if (cursor.store(index, order, entry)) {
            modelStore(index, order, entry);
          }
        }
        case 4, 5 -> {
          Map.Entry<Long, Modelled> covering = covering(index);
          Object erased = cursor.erase(index);
          assertSame(covering == null ? null : covering.getValue().entry, erased);
          if (covering != null) {
            model.remove(covering.getKey());
          }
        }
        case 6 -> mark(cursor, index, MARKS.get(random.nextInt(3)));
        case 7 -> split(cursor, index);
        case 8 -> {
          cursor.reserveNodes(index, Math.max(index, index + random.nextInt(100)));
          reserved = true;
          return true;
        }
        default -> {
          long last = Math.max(index, index + random.nextInt(64));
          cursor.eraseRange(index, last);
          Map.Entry<Long, Modelled> covering = covering(index);
          if (covering != null) {
            model.remove(covering.getKey());
          }
          model.subMap(index, true, last, true).clear();
        }
      }
    } finally {
      cursor.unlock();
    }
    return false;
  }

  private Map.Entry<Long, Modelled> covering(long index) {
    Map.Entry<Long, Modelled> floor = model.floorEntry(index);
    return floor != null && index - floor.getKey() < 1L << floor.getValue().order ? floor : null;
  }

  private void modelStore(long index, int order, Object entry) {
    Map.Entry<Long, Modelled> covering = covering(index);
    if (covering != null && covering.getValue().order >= order) {
      Modelled old = covering.getValue();
      model.put(covering.getKey(), new Modelled(old.order, entry, old.marks));
      return;
    }
    long first = index & -(1L << order);
    Map<Long, Modelled> replaced = model.subMap(first, true, first + (1L << order) - 1, true);
    Set<XArrayMark> marks = EnumSet.noneOf(XArrayMark.class);
    replaced.values().forEach(old -> marks.addAll(old.marks));
    replaced.clear();
    model.put(first, new Modelled(order, entry, marks));
  }

  private void mark(XArrayCursor<Object> cursor, long index, XArrayMark mark) {
    Map.Entry<Long, Modelled> covering = covering(index);
    if (random.nextInt(3) != 0) {
      cursor.setMark(index, mark);
      if (covering != null) {
        covering.getValue().marks.add(mark);
      }
    } else {
      cursor.clearMark(index, mark);
      if (covering != null) {
        covering.getValue().marks.remove(mark);
      }
    }
  }

  private void split(XArrayCursor<Object> cursor, long index) {
    Map.Entry<Long, Modelled> covering = covering(index);
    if (covering == null || covering.getValue().order == 0) {
      return;
    }
    Modelled old = covering.getValue();
    int to = random.nextInt(old.order);
    if (cursor.split(index, old.order, to)) {
      long first = covering.getKey();
      for (long i = first; i <= first + (1L << old.order) - 1 && i >= 0; i += 1L << to) {
        EnumSet<XArrayMark> marks = EnumSet.noneOf(XArrayMark.class);
        marks.addAll(old.marks);
        model.put(i, new Modelled(to, old.entry, marks));
      }
    }
  }

  private void compare() {
    TreeCheck.check(array, reserved);
    for (int i = 0; i < 10; i++) {
      long index = anIndex();
      Map.Entry<Long, Modelled> covering = covering(index);
      if (covering == null) {
        assertNull(array.load(index));
        assertEquals(0, array.order(index));
      } else {
        assertSame(covering.getValue().entry, array.load(index));
        assertEquals(covering.getValue().order, array.order(index));
      }
    }
    if (random.nextInt(20) != 0) {
      return;
    }
    List<Long> met = new ArrayList<>();
    array.forEach(
        0,
        Long.MAX_VALUE,
        (index, entry) -> {
          assertSame(model.get(index).entry, entry);
          return met.add(index);
        });
    assertEquals(List.copyOf(model.keySet()), met);
    for (XArrayMark mark : XArrayMark.values()) {
      compareMarked(mark);
    }
  }

  private void compareMarked(XArrayMark mark) {
    List<Long> expected =
        model.entrySet().stream()
            .filter(e -> e.getValue().marks.contains(mark))
            .map(Map.Entry::getKey)
            .toList();
    List<Long> met = new ArrayList<>();
    XArrayCursor<Object> cursor = array.cursor();
    cursor.lock();
    long at = 0;
    while (at >= 0 && (at = cursor.nextMarked(at, Long.MAX_VALUE, mark)) != XArrayCursor.NONE) {
      met.add(at);
      at += 1L << cursor.order(at);
    }
    cursor.unlock();
    assertEquals(expected, met);
  }
}
