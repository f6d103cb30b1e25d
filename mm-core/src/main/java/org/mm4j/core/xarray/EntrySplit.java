/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

/**
 * Cuts a multi-index entry into entries of a smaller order, all of them the same object and with
 * the same marks, so that they can be replaced one by one (Linux: {@code xas_split}). The array's
 * lock is held.
 *
 * <p>No reader sees anything else than the entry. Pieces are cut off from the end; the first piece,
 * which keeps the canonical slot that the others still point at, comes last.
 */
final class EntrySplit {
  private final XArray<?> array;
  private final TreeWriter writer;
  private final int toLevel;
  private final int toRun;

  private EntrySplit(XArray<?> array, int toOrder) {
    this.array = array;
    this.writer = array.writer();
    this.toLevel = toOrder - toOrder % array.chunkShift();
    this.toRun = 1 << toOrder % array.chunkShift();
  }

  /**
   * Splits the entry at an index.
   *
   * @return false if there is no memory; nothing changed
   * @throws IllegalArgumentException if there is no entry of that order, or it is not greater than
   *     the other
   */
  static boolean split(XArray<?> array, long index, int fromOrder, int toOrder) {
    TreeWriter writer = array.writer();
    if (toOrder < 0 || toOrder >= fromOrder || writer.order(index) != fromOrder) {
      throw new IllegalArgumentException(
          "index " + index + " has no entry to split from " + fromOrder + " to " + toOrder);
    }
    Node node = writer.node();
    if (node == null) {
      throw new IllegalStateException("a multi-index entry in the head");
    }
    return new EntrySplit(array, toOrder).run(node, writer.slot());
  }

  private boolean run(Node node, int canonicalSlot) {
    Object entry = node.get(canonicalSlot);
    int run = node.runLength(canonicalSlot);
    if (entry == null || !writer.stockUp(run * nodesBelow(node.shift))) {
      return false;
    }
    if (toLevel == node.shift) {
      for (int i = canonicalSlot + run - toRun; i > canonicalSlot; i -= toRun) {
        storePiece(node, i, entry);
        copyMarks(node, canonicalSlot, i);
      }
      return true;
    }
    for (int i = canonicalSlot + run - 1; i >= canonicalSlot; i--) {
      Node subtree = subtree(node, i, entry, node, canonicalSlot);
      node.set(i, subtree.slots);
      copyMarks(node, canonicalSlot, i);
    }
    writer.shrink(); // a head of one slot was high for the large entry only
    return true;
  }

  /** Returns how many nodes it takes to cut up one slot of a node. */
  private long nodesBelow(int shift) {
    long nodes = 0;
    long width = 1;
    for (int s = shift; s > toLevel; s -= array.chunkShift()) {
      nodes += width;
      width <<= array.chunkShift();
      if (width <= 0 || nodes > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("a split into more nodes than there can be");
      }
    }
    return nodes;
  }

  /** Makes the full subtree of one slot, not published yet. */
  private Node subtree(Node parent, int offset, Object entry, Node marked, int markedSlot) {
    Node made = writer.takeFromStock(parent.shift - array.chunkShift());
    made.parent = parent;
    made.offset = offset;
    made.count = made.slotCount();
    boolean leaf = made.shift == toLevel;
    for (int i = 0; i < made.slotCount(); i += leaf ? toRun : 1) {
      if (leaf) {
        storePiece(made, i, entry);
      } else {
        made.set(i, subtree(made, i, entry, marked, markedSlot).slots);
      }
      for (XArrayMark mark : XArrayMark.all()) {
        if (Marks.isSet(marked, markedSlot, mark)) {
          Marks.setBits(made, mark, Marks.bits(made, mark) | 1L << i);
        }
      }
    }
    return made;
  }

  private void storePiece(Node node, int firstSlot, Object entry) {
    node.set(firstSlot, entry);
    Sibling sibling = toRun > 1 ? new Sibling(firstSlot) : null;
    for (int i = firstSlot + 1; i < firstSlot + toRun; i++) {
      node.set(i, sibling);
    }
  }

  private static void copyMarks(Node node, int fromSlot, int toSlot) {
    for (XArrayMark mark : XArrayMark.all()) {
      if (Marks.isSet(node, fromSlot, mark)) {
        Marks.setBits(node, mark, Marks.bits(node, mark) | 1L << toSlot);
      }
    }
  }
}
