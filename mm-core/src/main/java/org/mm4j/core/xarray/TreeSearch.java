/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

import org.jspecify.annotations.Nullable;

/**
 * Looks for the next entry, for a writer. Stateless; the array's lock is held.
 *
 * <p>Empty slots are skipped at their level, so that the cost is proportional to the nodes on the
 * way and not to the indices.
 */
final class TreeSearch {
  /** What the searches answer for "none". */
  static final long NONE = -1;

  private TreeSearch() {}

  /** Returns the first index in a closed interval that has anything, placeholders included. */
  static long next(XArray<?> array, long firstIndex, long lastIndex) {
    return search(array, firstIndex, lastIndex, null);
  }

  /** Returns the first index in a closed interval whose entry has a mark. */
  static long nextMarked(XArray<?> array, long firstIndex, long lastIndex, XArrayMark mark) {
    return search(array, firstIndex, lastIndex, mark);
  }

  private static long search(
      XArray<?> array, long firstIndex, long lastIndex, @Nullable XArrayMark mark) {
    long index = firstIndex;
    while (index >= 0 && index <= lastIndex) {
      Object head = array.head();
      if (head == null) {
        return NONE;
      }
      if (!Node.isNode(head)) {
        boolean found = index == 0 && (mark == null || Marks.isAnywhere(array, mark));
        return found ? 0 : NONE;
      }
      Node node = Node.of(head);
      if (!node.covers(index)) {
        return NONE;
      }
      // Each round ends in the entry, in a child, or behind the node; then the next round starts
      // from the head.
      boolean inNode = true;
      while (inNode && index >= 0 && index <= lastIndex) {
        int slot = node.slotOf(index);
        Object entry = node.get(node.canonical(slot));
        if (isWanted(node, node.canonical(slot), mark)) {
          if (entry == null || !Node.isNode(entry)) {
            return index;
          }
          node = Node.of(entry);
        } else {
          int next = slot + 1;
          while (next < node.slotCount() && !isWanted(node, next, mark)) {
            next++;
          }
          index = node.firstIndexOf(index, next);
          inNode = next < node.slotCount();
        }
      }
    }
    return NONE;
  }

  private static boolean isWanted(Node node, int slot, @Nullable XArrayMark mark) {
    return mark == null ? node.get(slot) != null : Marks.isSet(node, slot, mark);
  }
}
