/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

import org.jspecify.annotations.Nullable;

/**
 * The mark bits of nodes. Stateless; the array's lock is held.
 *
 * <p>Invariant: the bit of a slot with a child is set exactly if some bit of the child is; the bit
 * of an entry is in its canonical slot; empty slots and siblings have none. {@code
 * XArray.headMarks} plays the parent of the head: it says whether anything in the array has the
 * mark.
 */
final class Marks {
  private Marks() {}

  static long bits(Node node, XArrayMark mark) {
    return switch (mark) {
      case MARK_0 -> node.mark0;
      case MARK_1 -> node.mark1;
      case MARK_2 -> node.mark2;
    };
  }

  static void setBits(Node node, XArrayMark mark, long bits) {
    switch (mark) {
      case MARK_0 -> node.mark0 = bits;
      case MARK_1 -> node.mark1 = bits;
      case MARK_2 -> node.mark2 = bits;
    }
  }

  static boolean isSet(Node node, int slot, XArrayMark mark) {
    return ((bits(node, mark) >>> slot) & 1) != 0;
  }

  /** Returns whether anything in the array has a mark. */
  static boolean isAnywhere(XArray<?> array, XArrayMark mark) {
    return (array.headMarks & mark.headBit) != 0;
  }

  /** Sets the bit of a slot, and of the slots above it. A null node is the head. */
  static void set(XArray<?> array, @Nullable Node node, int slot, XArrayMark mark) {
    Node at = node;
    int bit = slot;
    while (at != null) {
      if (isSet(at, bit, mark)) {
        return;
      }
      setBits(at, mark, bits(at, mark) | 1L << bit);
      bit = at.offset;
      at = at.parent;
    }
    array.headMarks |= mark.headBit;
  }

  /** Clears the bit of a slot, and of those above it under which nothing else has the mark. */
  static void clear(XArray<?> array, @Nullable Node node, int slot, XArrayMark mark) {
    Node at = node;
    int bit = slot;
    while (at != null) {
      if (!isSet(at, bit, mark)) {
        return;
      }
      long left = bits(at, mark) & ~(1L << bit);
      setBits(at, mark, left);
      if (left != 0) {
        return;
      }
      bit = at.offset;
      at = at.parent;
    }
    array.headMarks &= ~mark.headBit;
  }

  /** Clears all bits of a slot. */
  static void clearAll(XArray<?> array, @Nullable Node node, int slot) {
    for (XArrayMark mark : XArrayMark.all()) {
      clear(array, node, slot, mark);
    }
  }

  /** Gives a run of slots that becomes one entry the marks that any of them had. */
  static void squash(XArray<?> array, Node node, int firstSlot, int slotCount) {
    if (slotCount == 1) {
      return;
    }
    long run = run(firstSlot, slotCount);
    for (XArrayMark mark : XArrayMark.all()) {
      long bits = bits(node, mark);
      if ((bits & run) != 0) {
        setBits(node, mark, (bits & ~run) | 1L << firstSlot);
      }
    }
  }

  /** Returns the bits of a run of slots. */
  static long run(int firstSlot, int slotCount) {
    return (slotCount == Long.SIZE ? -1L : (1L << slotCount) - 1) << firstSlot;
  }
}
