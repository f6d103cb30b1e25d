/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Checks the invariants of a tree that nobody changes meanwhile. */
final class TreeCheck {
  private final XArray<?> array;
  private long nodes;

  private TreeCheck(XArray<?> array) {
    this.array = array;
  }

  /** Checks everything; nodes without entries are only allowed after a reserve. */
  static void check(XArray<?> array, boolean mayHaveEmptyNodes) {
    TreeCheck check = new TreeCheck(array);
    Object head = array.head();
    if (head != null && Node.isNode(head)) {
      Node top = Node.of(head);
      assertEquals(null, top.parent, "the head has no parent");
      check.node(top, mayHaveEmptyNodes);
      for (XArrayMark mark : XArrayMark.values()) {
        assertEquals(Marks.bits(top, mark) != 0, Marks.isAnywhere(array, mark), "head mark");
      }
      if (!mayHaveEmptyNodes) {
        Object only = top.get(0);
        assertFalse(
            top.count == 1 && only != null && (Node.isNode(only) || top.shift == 0),
            "the tree is not shrunk");
      }
    } else if (head == null) {
      assertEquals(0, array.headMarks);
    }
    assertEquals(check.nodes, array.nodes, "node count");
    assertEquals(null, array.writer().stock, "nodes allocated in vain");
    assertEquals(0, array.placeholders, "placeholders");
  }

  private void node(Node node, boolean mayBeEmpty) {
    nodes++;
    assertSame(node, node.slots[node.slotCount()]);
    assertTrue(mayBeEmpty || node.count > 0, "an empty node");
    int count = 0;
    int canonical = -1;
    for (int i = 0; i < node.slotCount(); i++) {
      Object entry = node.get(i);
      assertNotEquals(XArray.RETRY, entry, "a retry entry in a live slot");
      boolean isNode = entry != null && Node.isNode(entry);
      if (entry != null) {
        count++;
      }
      if (entry instanceof Sibling sibling) {
        assertEquals(canonical, sibling.canonicalSlot());
      } else {
        canonical = entry == null || isNode ? -1 : i;
      }
      for (XArrayMark mark : XArrayMark.values()) {
        boolean set = Marks.isSet(node, i, mark);
        if (isNode) {
          assertEquals(Marks.bits(Node.of(entry), mark) != 0, set, "mark of a child");
        } else {
          assertFalse(set && (entry == null || entry instanceof Sibling), "mark of no entry");
        }
      }
      if (isNode) {
        Node child = Node.of(entry);
        assertSame(node, child.parent);
        assertEquals(i, child.offset);
        assertEquals(node.shift - array.chunkShift(), child.shift);
        node(child, mayBeEmpty);
      } else if (entry != null && !(entry instanceof Sibling)) {
        int run = node.runLength(i);
        assertEquals(1, Integer.bitCount(run));
        assertEquals(0, i % run, "alignment");
        assertTrue(run < node.slotCount());
      }
    }
    assertEquals(count, node.count, "count of a node");
  }
}
