/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The properties of the kernel's own test of its XArray, as far as they apply. */
@ParameterizedClass(name = "chunk shift {0}")
@ValueSource(ints = {1, 2, 6})
class XArrayTest {
  @Parameter int chunkShift;

  private XArray<Long> newArray() {
    return new XArray<>("test", chunkShift, NodeAllocator.HEAP);
  }

  private static List<Long> indices(XArray<?> array, long first, long last) {
    List<Long> met = new ArrayList<>();
    array.forEach(first, last, (index, entry) -> met.add(index));
    return met;
  }

  private static List<Long> marked(XArray<?> array, XArrayMark mark) {
    List<Long> met = new ArrayList<>();
    XArrayCursor<?> cursor = array.cursor();
    cursor.lock();
    for (long at = 0;
        (at = cursor.nextMarked(at, Long.MAX_VALUE, mark)) != XArrayCursor.NONE;
        at += 1L << cursor.order(at)) {
      met.add(at);
    }
    cursor.unlock();
    return met;
  }

  private static void assertEmpty(XArray<?> array) {
    assertTrue(array.isEmpty());
    TreeCheck.check(array, false);
  }

  @Test
  void xaLoadFindsExactlyWhatWasStoredBruteForce() {
    XArray<Long> array = newArray();
    for (long i = 0; i < 300; i++) {
      for (long j = 0; j < 300; j++) {
        Long found = array.load(j);
        assertEquals(j < i ? j : null, found);
      }
      assertNull(array.store(i, i));
    }
    TreeCheck.check(array, false);
    for (long i = 0; i < 300; i++) {
      for (long j = 0; j < 300; j++) {
        assertEquals(j < i ? null : j, array.load(j));
      }
      assertEquals(i, array.erase(i));
      TreeCheck.check(array, false);
    }
    assertEmpty(array);
  }

  @Test
  void xaErrInvalidEntriesAndIndicesAreRefused() {
    XArray<Object> array = new XArray<>("test", chunkShift, NodeAllocator.HEAP);
    assertThrows(IllegalArgumentException.class, () -> array.store(0, XArray.RETRY));
    assertThrows(IllegalArgumentException.class, () -> array.store(0, new Object[1]));
    assertThrows(IllegalArgumentException.class, () -> array.store(-1, "x"));
    assertThrows(IllegalArgumentException.class, () -> array.store(0, 63, "x"));
    assertThrows(IllegalArgumentException.class, () -> array.store(0, -1, "x"));
    assertNull(array.load(-1));
    assertEmpty(array);
  }

  @Test
  void xaMarkIsOnlyOnEntriesAndSurvivesOverwritingButNotErasing() {
    for (long index : new long[] {0, 1, 63, 64, 65, 4095, 4096, Long.MAX_VALUE - 1}) {
      XArray<Long> array = newArray();
      array.setMark(index, XArrayMark.MARK_0);
      assertFalse(array.hasMark(index, XArrayMark.MARK_0));
      array.store(index, index);
      array.store(index + 1, 7L);
      array.setMark(index, XArrayMark.MARK_0);
      assertTrue(array.hasMark(index, XArrayMark.MARK_0));
      assertFalse(array.hasMark(index, XArrayMark.MARK_1));
      assertFalse(array.hasMark(index + 1, XArrayMark.MARK_0));
      array.store(index, 8L);
      assertTrue(array.hasMark(index, XArrayMark.MARK_0));
      assertEquals(List.of(index), marked(array, XArrayMark.MARK_0));
      TreeCheck.check(array, false);
      array.erase(index);
      assertFalse(array.hasMark(XArrayMark.MARK_0));
      array.store(index, index);
      assertFalse(array.hasMark(index, XArrayMark.MARK_0));
      array.setMark(index, XArrayMark.MARK_2);
      array.clearMark(index, XArrayMark.MARK_2);
      assertFalse(array.hasMark(XArrayMark.MARK_2));
      array.erase(index);
      array.erase(index + 1);
      assertEmpty(array);
    }
  }

  @Test
  void xaMarkIsCommonToAllIndicesAndUnitedWhenEntriesAreMerged() {
    for (int order = 1; order < 13; order++) {
      XArray<Long> array = newArray();
      long base = 1L << order;
      array.store(base, 1L);
      array.store(base + 1, 2L);
      array.setMark(base + 1, XArrayMark.MARK_0);
      array.store(base + (1L << order) - 1, 3L);
      array.setMark(base + (1L << order) - 1, XArrayMark.MARK_1);
      array.store(base, order, 4L);
      for (long i = base; i < base + (1L << order); i++) {
        assertTrue(array.hasMark(i, XArrayMark.MARK_0));
        assertTrue(array.hasMark(i, XArrayMark.MARK_1));
        assertFalse(array.hasMark(i, XArrayMark.MARK_2));
      }
      assertEquals(List.of(base), marked(array, XArrayMark.MARK_0));
      array.clearMark(base + (1L << order) - 1, XArrayMark.MARK_0);
      assertFalse(array.hasMark(base, XArrayMark.MARK_0));
      TreeCheck.check(array, false);
      array.erase(base + 1);
      assertEmpty(array);
    }
  }

  @Test
  void xaMarkIterationCountsThem() {
    XArray<Long> array = newArray();
    List<Long> expected = new ArrayList<>();
    for (long i = 0; i < 1000; i++) {
      array.store(i * 3, i);
      if (i % 7 == 0) {
        array.setMark(i * 3, XArrayMark.MARK_1);
        expected.add(i * 3);
      }
    }
    assertEquals(expected, marked(array, XArrayMark.MARK_1));
    assertEquals(List.of(), marked(array, XArrayMark.MARK_0));
  }

  @Test
  void xaShrinkMovesTheFirstEntryIntoTheHeadAndSendsReadersAway() {
    XArray<Long> array = newArray();
    array.store(0, 10L);
    array.setMark(0, XArrayMark.MARK_0);
    array.store(1, 11L);
    Node node = Node.of(array.head());
    array.erase(1);
    assertEquals(10L, array.head());
    assertEquals(XArray.RETRY, node.get(0));
    assertTrue(array.hasMark(0, XArrayMark.MARK_0));
    array.store(Long.MAX_VALUE, 12L);
    assertEquals(10L, array.load(0));
    assertEquals(12L, array.load(Long.MAX_VALUE));
    assertTrue(array.hasMark(0, XArrayMark.MARK_0));
    TreeCheck.check(array, false);
    array.erase(Long.MAX_VALUE);
    assertEquals(10L, array.head());
    assertEquals(0, array.nodeCount());
    array.erase(0);
    assertEmpty(array);
  }

  @Test
  void xasEraseOfAnyOrderLeavesAnEmptyTree() {
    for (int order = 0; order <= XArray.MAX_ORDER; order++) {
      for (long index : new long[] {0, 1, 64, 4097, Long.MAX_VALUE}) {
        XArray<Long> array = newArray();
        array.store(index, order, 1L);
        TreeCheck.check(array, false);
        array.erase(index);
        assertEmpty(array);
      }
    }
  }

  @Test
  void insertRefusesWhatIsTaken() {
    for (long index : new long[] {0, 1, 63, 64, Long.MAX_VALUE}) {
      XArray<Long> array = newArray();
      assertTrue(array.insert(index, 0, 1L));
      assertFalse(array.insert(index, 0, 2L));
      assertEquals(1L, array.load(index));
      assertFalse(array.insert(index, 3, 2L));
      array.erase(index);
      assertTrue(array.insert(index, 3, 2L));
      assertFalse(array.insert(index, 0, 3L));
      array.erase(index);
      assertEmpty(array);
    }
  }

  @Test
  void cmpxchgReplacesOnlyTheExpectedEntry() {
    XArray<String> array = new XArray<>("test", chunkShift, NodeAllocator.HEAP);
    assertNull(array.compareAndExchange(5, null, "a"));
    assertEquals("a", array.compareAndExchange(5, null, "b"));
    assertEquals("a", array.compareAndExchange(5, "b", "c"));
    assertEquals("a", array.compareAndExchange(5, "a", "d"));
    assertEquals("d", array.compareAndExchange(5, "d", null));
    assertEmpty(array);
  }

  @Test
  void cmpxchgOrderReplacesAllIndices() {
    XArray<Long> array = newArray();
    array.store(1L << 20, 20, 1L);
    assertEquals(1L, array.compareAndExchange((1L << 20) + 7, 1L, 2L));
    assertEquals(2L, array.load(1L << 20));
    assertEquals(2L, array.load((1L << 21) - 1));
    array.compareAndExchange(1L << 20, 2L, null);
    assertEmpty(array);
  }

  @Test
  void reserveIsInvisibleRefusesInsertAndTakesAStore() {
    for (long index : new long[] {0, 9}) {
      XArray<Long> array = newArray();
      array.reserve(index);
      assertFalse(array.isEmpty());
      assertNull(array.load(index));
      assertEquals(List.of(), indices(array, 0, 1000));
      assertFalse(array.insert(index, 0, 1L));
      array.release(index);
      assertEmpty(array);
      array.reserve(index);
      array.store(index, 1L);
      array.reserve(index);
      array.release(index);
      assertEquals(1L, array.load(index));
      array.erase(index);
      assertEmpty(array);
    }
  }

  @Test
  void multiStoreIsOneEntryAtItsCanonicalIndex() {
    for (int order = 0; order <= XArray.MAX_ORDER; order++) {
      XArray<Long> array = newArray();
      long size = 1L << order;
      long first = order == XArray.MAX_ORDER ? 0 : size;
      array.store(first + size - 1, order, 5L);
      assertEquals(5L, array.load(first));
      assertEquals(5L, array.load(first + size / 2));
      assertEquals(5L, array.load(first + size - 1));
      assertNull(array.load(first + size));
      assertNull(array.load(first - 1));
      assertEquals(List.of(first), indices(array, 0, Long.MAX_VALUE));
      assertEquals(order, array.order(first + size / 3));
      assertEquals(0, array.order(first + size));
      array.store(first + size / 2, 6L);
      assertEquals(6L, array.load(first));
      assertEquals(order, array.order(first));
      TreeCheck.check(array, false);
      if (order < XArray.MAX_ORDER) {
        array.store(first, order + 1, 7L);
        assertEquals(7L, array.load(0));
        assertEquals(7L, array.load(2 * size - 1));
        TreeCheck.check(array, false);
      }
      array.erase(first);
      assertEmpty(array);
    }
  }

  @Test
  void multiStoreOverSmallerEntriesReplacesThemAll() {
    for (int order = 1; order < 12; order++) {
      for (int smaller = 0; smaller < order; smaller++) {
        XArray<Long> array = newArray();
        long base = 3L << order;
        array.store(base - 1, 1L);
        array.store(base + (1L << order), 2L);
        for (long i = base; i < base + (1L << order); i += 1L << smaller) {
          array.store(i, smaller, i);
        }
        array.store(base, order, 9L);
        assertEquals(order, array.order(base));
        for (long i = base; i < base + (1L << order); i++) {
          assertEquals(9L, array.load(i));
        }
        assertEquals(1L, array.load(base - 1));
        assertEquals(2L, array.load(base + (1L << order)));
        TreeCheck.check(array, false);
      }
    }
  }

  @Test
  void storeIterConflictsAreSeenOnceEach() {
    XArray<Long> array = newArray();
    array.store(16, 3, 1L);
    array.store(24, 2, 2L);
    array.store(28, 0, 3L);
    array.store(31, 0, 4L);
    assertEquals(List.of(16L, 24L, 28L, 31L), indices(array, 16, 31));
    assertEquals(List.of(19L, 24L), indices(array, 19, 27));
    assertEquals(List.of(), indices(array, 29, 30));
  }

  @Test
  void createRangeLetsStoresDoWithoutMemory() {
    long[][] ranges = {
      {0, 0}, {0, 7}, {8, 15}, {3, 200}, {4090, 4100}, {512, 1023}, {1 << 20, (1 << 20) + 600}
    };
    for (long[] range : ranges) {
      for (int existing = -1; existing < 5; existing++) {
        boolean[] full = {false};
        XArray<Long> array =
            new XArray<>("test", chunkShift, count -> full[0] ? null : new Object[count]);
        if (existing >= 0) {
          array.store(range[0] + 2, existing, 77L);
        }
        XArrayCursor<Long> cursor = array.cursor();
        cursor.lock();
        assertTrue(cursor.reserveNodes(range[0], range[1]));
        full[0] = true;
        for (long i = range[0]; i <= range[1]; i++) {
          assertTrue(cursor.store(i, 0, i));
        }
        cursor.unlock();
        TreeCheck.check(array, true);
        array.eraseRange(0, Long.MAX_VALUE);
        assertEmpty(array);
      }
    }
  }

  @Test
  void createRangeThatIsNotUsedIsFreed() {
    XArray<Long> array = newArray();
    XArrayCursor<Long> cursor = array.cursor();
    cursor.lock();
    assertTrue(cursor.reserveNodes(512, 1023));
    assertTrue(cursor.store(600, 0, 1L));
    assertTrue(array.nodes >= 8);
    cursor.prune(0, Long.MAX_VALUE);
    cursor.unlock();
    TreeCheck.check(array, false);
    assertEquals(1L, array.load(600));
    array.erase(600);
    assertEmpty(array);
  }

  @Test
  void createRangeLetsAWholeStoreDoWithoutMemory() {
    boolean[] full = {false};
    XArray<Long> array =
        new XArray<>("test", chunkShift, count -> full[0] ? null : new Object[count]);
    XArrayCursor<Long> cursor = array.cursor();
    cursor.lock();
    assertTrue(cursor.reserveNodes(0, 511));
    full[0] = true;
    assertTrue(cursor.store(0, 9, 1L));
    cursor.unlock();
    assertEquals(9, array.order(511));
    TreeCheck.check(array, false);
    array.erase(0);
    assertEmpty(array);
  }

  @Test
  void splitLeavesEveryIndexAndEveryMark() {
    for (int from = 1; from < 12; from++) {
      for (int to = 0; to < from; to++) {
        XArray<Long> array = newArray();
        long base = 1L << from;
        array.store(base - 1, 1L);
        array.store(base, from, 2L);
        array.setMark(base, XArrayMark.MARK_1);
        XArrayCursor<Long> cursor = array.cursor();
        cursor.lock();
        assertTrue(cursor.split(base + 1, from, to));
        cursor.unlock();
        TreeCheck.check(array, false);
        List<Long> expected = new ArrayList<>();
        for (long i = base; i < 2 * base; i++) {
          assertEquals(2L, array.load(i));
          assertEquals(to, array.order(i));
          assertTrue(array.hasMark(i, XArrayMark.MARK_1));
          if (i % (1L << to) == 0) {
            expected.add(i);
          }
        }
        assertEquals(expected, marked(array, XArrayMark.MARK_1));
        for (long i = base; i < 2 * base; i += 1L << to) {
          array.store(i, i);
          assertEquals(i, array.load(i + (1L << to) - 1));
        }
        TreeCheck.check(array, false);
        array.eraseRange(0, 2 * base);
        assertEmpty(array);
      }
    }
  }

  @Test
  void splitOfTheOnlyEntryShrinksTheTree() {
    XArray<Long> array = newArray();
    array.store(0, chunkShift, 1L);
    XArrayCursor<Long> cursor = array.cursor();
    cursor.lock();
    assertTrue(cursor.split(0, chunkShift, 0));
    cursor.unlock();
    TreeCheck.check(array, false);
    assertEquals(1, array.nodeCount());
    assertEquals(1L, array.load((1 << chunkShift) - 1));
  }

  @Test
  void splitRefusesWhatIsNotThere() {
    XArray<Long> array = newArray();
    array.store(16, 4, 1L);
    XArrayCursor<Long> cursor = array.cursor();
    cursor.lock();
    assertThrows(IllegalArgumentException.class, () -> cursor.split(16, 5, 0));
    assertThrows(IllegalArgumentException.class, () -> cursor.split(16, 4, 4));
    assertThrows(IllegalArgumentException.class, () -> cursor.split(0, 4, 0));
    cursor.unlock();
    assertEquals(4, array.order(16));
  }

  @Test
  void findReachesTheGreatestIndexAndSkipsReserved() {
    XArray<Long> array = newArray();
    array.store(0, 1L);
    array.reserve(5);
    array.store(100, 2L);
    array.store(Long.MAX_VALUE, 3L);
    assertEquals(List.of(0L, 100L, Long.MAX_VALUE), indices(array, 0, Long.MAX_VALUE));
    assertEquals(List.of(100L), indices(array, 1, Long.MAX_VALUE - 1));
    assertEquals(List.of(Long.MAX_VALUE), indices(array, 101, Long.MAX_VALUE));
    assertEquals(List.of(), indices(array, 101, 5000));
    XArrayCursor<Long> cursor = array.cursor();
    cursor.lock();
    assertEquals(5, cursor.nextOccupied(1, 99));
    assertEquals(Long.MAX_VALUE, cursor.nextOccupied(101, Long.MAX_VALUE));
    assertEquals(XArrayCursor.NONE, cursor.nextOccupied(101, Long.MAX_VALUE - 1));
    cursor.unlock();
  }

  @Test
  void findAllPairs() {
    for (long a = 0; a < 70; a++) {
      for (long b = a + 1; b < 70; b++) {
        XArray<Long> array = newArray();
        array.store(a, a);
        array.store(b, b);
        assertEquals(List.of(a, b), indices(array, 0, 70));
        assertEquals(List.of(b), indices(array, a + 1, b));
      }
    }
  }

  @Test
  void pauseGoesOnBehindTheWholeEntryAndSeesWhatIsStoredAhead() {
    XArray<Long> array = newArray();
    array.store(8, 3, 1L);
    array.store(16, 2L);
    XArrayScan<Long> scan = array.scan(10, 1000);
    assertTrue(scan.next());
    assertEquals(10, scan.index());
    array.erase(16);
    array.store(500, 3L);
    array.erase(8);
    assertTrue(scan.next());
    assertEquals(500, scan.index());
    assertFalse(scan.next());
    assertFalse(scan.next());
  }

  @Test
  void findEntryNeitherSkipsNorRepeatsWhileOthersComeAndGo() {
    Random random = new Random(1);
    XArray<Long> array = newArray();
    for (long i = 0; i < 500; i += 5) {
      array.store(i, i);
    }
    List<Long> met = new ArrayList<>();
    array.forEach(
        0,
        499,
        (index, entry) -> {
          long other = random.nextInt(100) * 5L + 1 + random.nextInt(4);
          if (array.load(other) == null) {
            array.store(other, other);
          } else {
            array.erase(other);
          }
          assertEquals(index, entry);
          return met.add(index);
        });
    assertEquals(met.stream().sorted().distinct().toList(), met);
    for (long i = 0; i < 500; i += 5) {
      assertTrue(met.contains(i));
    }
  }

  @Test
  void destroyEmptiesTheTree() {
    XArray<Long> array = newArray();
    for (long i = 0; i < 1000; i++) {
      array.store(i * i, (int) (i % 4), i);
    }
    array.reserve(5_000_000);
    array.eraseRange(0, Long.MAX_VALUE);
    assertEmpty(array);
  }

  @Test
  void metadataIsCountedPerNode() {
    XArray<Long> array = newArray();
    assertEquals(0, array.metadataBytes());
    array.store(1, 1L);
    assertTrue(array.metadataBytes() >= 4 << chunkShift);
    array.erase(1);
    assertEquals(0, array.metadataBytes());
  }

  @Test
  void rule_1_3_theLockIsNeededAndPlaceholdersMayNotOutliveIt() {
    XArray<Long> array = newArray();
    XArrayCursor<Long> cursor = array.cursor();
    assertThrows(IllegalStateException.class, () -> cursor.load(0));
    assertThrows(IllegalStateException.class, () -> cursor.store(0, 0, 1L));
    assertThrows(IllegalStateException.class, cursor::unlock);
    cursor.lock();
    assertThrows(IllegalStateException.class, cursor::lock);
    for (long index : new long[] {0, 3}) {
      assertTrue(cursor.storePlaceholder(index));
      assertEquals(XArray.RETRY, cursor.peek(index));
      assertEquals(XArray.RETRY, array.peek(index));
      assertThrows(IllegalStateException.class, () -> cursor.storePlaceholder(index));
      assertThrows(IllegalStateException.class, cursor::unlock);
      assertTrue(cursor.isLocked());
      cursor.erase(index);
    }
    assertTrue(cursor.storePlaceholder(2));
    assertTrue(cursor.storePlaceholder(9));
    assertTrue(cursor.store(0, 4, 1L));
    cursor.unlock();
    assertEquals(1L, array.load(9));
    TreeCheck.check(array, false);
  }
}
