/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The properties that Linux's interval_tree_test checks, and the shape of the tree. */
final class IntervalTreeTest {
  private static final int LIMIT = 120;

  private record Interval(int first, int last, int number) {}

  private final IntervalTree<Interval> tree =
      new IntervalTree<>(Comparator.comparingInt(Interval::number));

  static LongStream seeds() {
    return Seeds.of(10);
  }

  private void insert(Interval interval) {
    tree.insert(interval.first, interval.last, interval);
  }

  private void remove(Interval interval) {
    tree.remove(interval.first, interval.last, interval);
  }

  private List<Interval> hits(int first, int last) {
    List<Interval> hits = new ArrayList<>();
    assertTrue(tree.overlapping(first, last, hits::add));
    return hits;
  }

  @ParameterizedTest(name = "-Dmm4j.seed={0}")
  @MethodSource("seeds")
  void rule_2_4_everyOverlappingIntervalIsVisitedOnceInOrder(long seed) {
    Random random = new Random(seed);
    List<Interval> all = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      if (!all.isEmpty() && random.nextInt(5) < 2) {
        remove(all.remove(random.nextInt(all.size())));
      } else {
        int first = random.nextInt(LIMIT);
        int last = Math.min(LIMIT - 1, first + random.nextInt(1 + random.nextInt(40)));
        Interval interval = new Interval(first, last, i);
        all.add(interval);
        insert(interval);
      }
      tree.check();
      int from = random.nextInt(LIMIT);
      int to = from + random.nextInt(30);
      List<Interval> hits = hits(from, to);
      Set<Interval> expected = new HashSet<>();
      all.stream().filter(each -> each.first <= to && each.last >= from).forEach(expected::add);
      String where = "-Dmm4j.seed=" + seed + " step " + i;
      assertEquals(expected.size(), hits.size(), where);
      assertEquals(expected, new HashSet<>(hits), where);
      for (int k = 1; k < hits.size(); k++) {
        assertTrue(hits.get(k - 1).first <= hits.get(k).first, where);
      }
    }
  }

  @ParameterizedTest(name = "-Dmm4j.seed={0}")
  @MethodSource("seeds")
  void usedSpansAndHolesAlternateAndCoverEverything(long seed) {
    Random random = new Random(seed);
    BitSet used = new BitSet(LIMIT);
    int count = random.nextInt(12);
    for (int i = 0; i < count; i++) {
      int first = random.nextInt(LIMIT);
      int last = Math.min(LIMIT - 1, first + random.nextInt(15));
      insert(new Interval(first, last, i));
      used.set(first, last + 1);
    }
    assertEquals(spansOf(used), spansOfHits(), "-Dmm4j.seed=" + seed);
  }

  private static List<String> spansOf(BitSet used) {
    List<String> spans = new ArrayList<>();
    for (int from = 0; from < LIMIT; ) {
      boolean isUsed = used.get(from);
      int to = isUsed ? used.nextClearBit(from) : used.nextSetBit(from);
      to = to < 0 ? LIMIT : to;
      spans.add((isUsed ? "used " : "hole ") + from + "-" + (to - 1));
      from = to;
    }
    return spans;
  }

  /** What a walk over all hits gives: they come by their first number, so a hole is final. */
  private List<String> spansOfHits() {
    BitSet seen = new BitSet(LIMIT);
    List<String> spans = new ArrayList<>();
    int usedFrom = 0;
    int end = 0;
    for (Interval hit : hits(0, LIMIT - 1)) {
      if (hit.first > end) {
        addUsed(spans, usedFrom, end);
        spans.add("hole " + end + "-" + (hit.first - 1));
        usedFrom = hit.first;
      }
      end = Math.max(end, hit.last + 1);
      assertFalse(seen.get(hit.number), "visited twice");
      seen.set(hit.number);
    }
    addUsed(spans, usedFrom, end);
    if (end < LIMIT) {
      spans.add("hole " + end + "-" + (LIMIT - 1));
    }
    return spans;
  }

  private static void addUsed(List<String> spans, int from, int end) {
    if (end > from) {
      spans.add("used " + from + "-" + (end - 1));
    }
  }

  @Test
  void manyEqualIntervalsAreToldApart() {
    for (int i = 0; i < 1000; i++) {
      insert(new Interval(5, 9, i));
    }
    for (int i = 0; i < 1000; i += 2) {
      remove(find(i));
    }
    tree.check();
    assertEquals(500, hits(9, 9).size());
    assertEquals(0, hits(10, 20).size());
    assertTrue(tree.height() <= 13, () -> "height " + tree.height());
  }

  private Interval find(int number) {
    return hits(5, 5).stream().filter(each -> each.number == number).findFirst().orElseThrow();
  }

  @Test
  void bothEndsAreInclusive() {
    insert(new Interval(10, 20, 0));
    assertEquals(1, hits(0, 10).size());
    assertEquals(0, hits(0, 9).size());
    assertEquals(1, hits(20, 30).size());
    assertEquals(0, hits(21, 30).size());
  }

  @Test
  void theVisitorCanStop() {
    for (int i = 0; i < 10; i++) {
      insert(new Interval(i, i + 5, i));
    }
    List<Interval> seen = new ArrayList<>();
    assertFalse(
        tree.overlapping(
            0,
            100,
            interval -> {
              seen.add(interval);
              return seen.size() < 3;
            }));
    assertEquals(3, seen.size());
  }

  @Test
  void whatIsNotThereCannotBeRemoved() {
    Interval interval = new Interval(1, 2, 0);
    insert(interval);
    assertThrows(IllegalArgumentException.class, () -> remove(new Interval(1, 2, 0)));
    assertThrows(IllegalArgumentException.class, () -> remove(new Interval(1, 3, 0)));
    assertThrows(IllegalArgumentException.class, () -> insert(interval));
    assertThrows(IllegalArgumentException.class, () -> insert(new Interval(3, 2, 1)));
    assertEquals(1, tree.size());
    tree.check();
  }
}
