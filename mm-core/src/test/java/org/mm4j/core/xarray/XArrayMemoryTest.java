/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.Errno;
import org.mm4j.MemoryException;

/** Each operation is made to find no memory at each of its allocations in turn. */
@ParameterizedClass(name = "chunk shift {0}")
@ValueSource(ints = {1, 2, 6})
class XArrayMemoryTest {
  @Parameter int chunkShift;

  private int nodesLeft = Integer.MAX_VALUE;

  private XArray<String> newArray() {
    return new XArray<>("test", chunkShift, count -> nodesLeft-- <= 0 ? null : new Object[count]);
  }

  /** Writes the tree down, node by node. */
  private static String dump(XArray<?> array) {
    StringBuilder out = new StringBuilder("marks " + array.headMarks + " ");
    dump(array.head(), out);
    return out.toString();
  }

  private static void dump(Object entry, StringBuilder out) {
    if (entry == null || !Node.isNode(entry)) {
      out.append(entry).append(' ');
      return;
    }
    Node node = Node.of(entry);
    out.append(node.shift).append('[');
    for (int i = 0; i < node.slotCount(); i++) {
      dump(node.get(i), out);
    }
    out.append(node.count).append(' ').append(node.mark0).append(']');
  }

  /** Fails the first allocation, then the second, until the operation succeeds. */
  private void failAtEach(
      Runnable prepare,
      XArray<String> array,
      int least,
      Predicate<XArrayCursor<String>> operation) {
    nodesLeft = Integer.MAX_VALUE;
    prepare.run();
    String before = dump(array);
    XArrayCursor<String> cursor = array.cursor();
    int allowed = 0;
    while (true) {
      nodesLeft = allowed;
      cursor.lock();
      boolean done = operation.test(cursor);
      cursor.unlock();
      if (done) {
        break;
      }
      assertEquals(before, dump(array), "with memory for " + allowed + " nodes");
      TreeCheck.check(array, false);
      allowed++;
    }
    assertTrue(allowed >= least, "only " + allowed + " allocations");
    TreeCheck.check(array, false);
  }

  @Test
  void storeIntoAnEmptyTree() {
    XArray<String> array = newArray();
    failAtEach(() -> {}, array, 2, cursor -> cursor.store(1L << 40, 0, "far"));
  }

  @Test
  void storeBesideAnEntryInTheHead() {
    XArray<String> array = newArray();
    failAtEach(
        () -> {
          array.store(0, "zero");
          array.setMark(0, XArrayMark.MARK_0);
        },
        array,
        3,
        cursor -> cursor.store(1L << 40, 0, "far"));
    assertEquals("zero", array.load(0));
    assertTrue(array.hasMark(0, XArrayMark.MARK_0));
  }

  @Test
  void storeThatGrowsTheTree() {
    XArray<String> array = newArray();
    failAtEach(() -> array.store(1, "one"), array, 3, cursor -> cursor.store(1L << 40, 20, "far"));
  }

  @Test
  void storeThatFillsInAPath() {
    XArray<String> array = newArray();
    failAtEach(
        () -> {
          array.store(1L << 40, "far");
          array.store(1, "one");
        },
        array,
        2,
        cursor -> cursor.store(1L << 39, 0, "between"));
  }

  @Test
  void placeholder() {
    XArray<String> array = newArray();
    failAtEach(
        () -> array.store(0, "zero"),
        array,
        1,
        cursor -> {
          boolean stored = cursor.storePlaceholder(100);
          if (stored) {
            cursor.erase(100);
          }
          return stored;
        });
    assertEquals("zero", array.head());
  }

  @Test
  void split() {
    XArray<String> array = newArray();
    failAtEach(
        () -> {
          array.store(1 << 10, 10, "large");
          array.setMark(1 << 10, XArrayMark.MARK_0);
        },
        array,
        16,
        cursor -> cursor.split(1 << 10, 10, 0));
    assertEquals(0, array.order((1 << 10) + 5));
  }

  @Test
  void theSafeTierAnswersEnomem() {
    XArray<String> array = newArray();
    nodesLeft = 0;
    MemoryException refused = assertThrows(MemoryException.class, () -> array.store(5, "five"));
    assertEquals(Errno.ENOMEM, refused.errno());
    assertThrows(MemoryException.class, () -> array.insert(5, 0, "five"));
    assertThrows(MemoryException.class, () -> array.reserve(5));
    assertThrows(MemoryException.class, () -> array.compareAndExchange(5, null, "five"));
    array.store(0, "needs no node");
    assertEquals(0, array.nodeCount());
  }
}
