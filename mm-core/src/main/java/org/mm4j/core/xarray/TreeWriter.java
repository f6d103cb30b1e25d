/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

import org.jspecify.annotations.Nullable;

/**
 * Stores, erases and reserves: the writer's side of one array. All methods expect the array's lock.
 *
 * <p>Its fields are the registers of a descent, valid until the next one: where the entry of an
 * index is. That makes the writer free of allocation, but for nodes and siblings.
 */
final class TreeWriter {
  private final XArray<?> array;

  /** The node of the last descent; null: the head. */
  private @Nullable Node node;

  /** The canonical slot of the last descent. */
  private int slot;

  /** Nodes allocated before a change, linked by their parent field; none is left after it. */
  @Nullable Node stock;

  TreeWriter(XArray<?> array) {
    this.array = array;
  }

  // ---------------------------------------------------------------- descending

  /** Returns what covers an index, reserved entries and placeholders included. */
  @Nullable Object find(long index) {
    return descend(index, 0);
  }

  /**
   * Descends to what covers an index, but not below a level.
   *
   * @param level the shift of the lowest nodes to enter
   * @return the entry; a node, if its parent is at the level; null for none
   */
  @Nullable Object descend(long index, int level) {
    node = null;
    slot = 0;
    Object entry = array.head();
    if (entry == null || !Node.isNode(entry)) {
      return index == 0 ? entry : null;
    }
    Node at = Node.of(entry);
    if (!at.covers(index)) {
      return null;
    }
    while (true) {
      node = at;
      slot = at.canonical(at.slotOf(index));
      entry = at.get(slot);
      if (entry == null || at.shift <= level || !Node.isNode(entry)) {
        return entry;
      }
      at = Node.of(entry);
    }
  }

  /** Returns the node of the last descent, null for the head. */
  @Nullable Node node() {
    return node;
  }

  /** Returns the canonical slot of the last descent. */
  int slot() {
    return slot;
  }

  /** Returns the order of the entry at an index, 0 if there is none. */
  int order(long index) {
    Object entry = find(index);
    Node at = node;
    if (entry == null || at == null) {
      return 0;
    }
    return at.shift + Integer.numberOfTrailingZeros(at.runLength(slot));
  }

  // ---------------------------------------------------------------- storing

  /**
   * Stores an entry over the aligned range of an order that contains an index, or over the larger
   * entry that is there.
   *
   * @return false if there is no memory; nothing changed
   */
  boolean store(long index, int order, Object entry) {
    int chunkShift = array.chunkShift();
    int level = order - order % chunkShift;
    int run = 1 << order % chunkShift;
    if (!makePath(index, order, level)) {
      return false;
    }
    Object before = descend(index, level);
    Node at = node;
    if (at == null) {
      array.setHead(entry);
      countPlaceholder(before, entry);
    } else if (before != null && (at.shift > level || at.runLength(slot) >= run)) {
      replaceSlot(at, slot, before, entry);
    } else {
      storeRun(at, at.slotOf(index) & -run, run, entry);
    }
    return true;
  }

  private void storeRun(Node at, int firstSlot, int run, Object entry) {
    Marks.squash(array, at, firstSlot, run);
    Object stored = entry;
    for (int i = firstSlot; i < firstSlot + run; i++) {
      Object before = at.get(i);
      if (before == null) {
        at.count++;
      }
      replaceSlot(at, i, before, stored);
      if (i == firstSlot && run > 1) {
        stored = new Sibling(firstSlot);
      }
    }
  }

  /** Overwrites one slot, and detaches what was below it. */
  private void replaceSlot(Node at, int i, @Nullable Object before, Object entry) {
    at.set(i, entry);
    countPlaceholder(before, entry);
    if (before != null && Node.isNode(before)) {
      detach(Node.of(before));
    }
  }

  private void countPlaceholder(@Nullable Object before, @Nullable Object after) {
    if (XArray.isRetry(before)) {
      array.placeholders--;
    }
    if (XArray.isRetry(after)) {
      array.placeholders++;
    }
  }

  /**
   * Tells readers inside a subtree that is no longer part of the tree to start over. Slots with
   * children stay, for the children say so themselves; empty slots stay empty, as in Linux: who
   * finds one there began before the store.
   */
  private void detach(Node top) {
    for (int i = 0; i < top.slotCount(); i++) {
      Object entry = top.get(i);
      if (entry == null) {
        continue;
      }
      if (Node.isNode(entry)) {
        detach(Node.of(entry));
      } else {
        countPlaceholder(entry, null);
        top.set(i, XArray.RETRY);
      }
    }
    top.count = 0;
    top.parent = null;
    array.nodes--;
  }

  // ---------------------------------------------------------------- making nodes

  /**
   * Makes the nodes that the indices of a closed interval need, so that storing there needs no
   * memory until something is erased or split.
   *
   * @return false if there is no memory; what was made stays
   */
  boolean reserveNodes(long firstIndex, long lastIndex) {
    if (lastIndex < firstIndex) {
      return true;
    }
    long step = 1L << array.chunkShift();
    for (long index = firstIndex & -step; index >= 0 && index <= lastIndex; index += step) {
      // Order 0 at index 0 alone would sit in the head; its neighbour needs the leaf.
      if (!makePath(index | (step - 1), 0, 0)) {
        return false;
      }
    }
    // One entry over all that the head covers sits in a slot above it.
    Node top = array.top();
    int whole = top.shift + array.chunkShift();
    boolean all = firstIndex == 0 && whole <= XArray.MAX_ORDER && lastIndex >= (1L << whole) - 1;
    return !all || makePath(0, whole, whole);
  }

  /** Makes the nodes down to a level; all or, if there is no memory, none (then false). */
  private boolean makePath(long index, int order, int level) {
    long last = index | ((1L << order) - 1);
    Object head = array.head();
    if (order == 0 && index == 0 && (head == null || !Node.isNode(head))) {
      return true;
    }
    int chunkShift = array.chunkShift();
    int topShift = topShift(head, last, level);
    if (!stockUp(nodesMissing(head, index, topShift, level) / chunkShift)) {
      return false;
    }
    grow(topShift);
    Node at = array.top();
    while (at.shift > level) {
      int i = at.canonical(at.slotOf(index));
      Object entry = at.get(i);
      if (entry == null) {
        entry = link(at, i);
      } else if (!Node.isNode(entry)) {
        return true; // a larger entry, which will be replaced as a whole
      }
      at = Node.of(entry);
    }
    return true;
  }

  /** Returns the shift that the head needs to have a slot for an entry. */
  private int topShift(@Nullable Object head, long last, int level) {
    int shift = head != null && Node.isNode(head) ? Math.max(Node.of(head).shift, level) : level;
    while (last >>> shift >= 1L << array.chunkShift()) {
      shift += array.chunkShift();
    }
    return shift;
  }

  /** Returns how many nodes are missing, times the chunk shift. */
  private int nodesMissing(@Nullable Object head, long index, int topShift, int level) {
    if (head == null) {
      return topShift - level + array.chunkShift();
    }
    if (!Node.isNode(head)) {
      // Nodes on top of index 0's entry, and the path beside it: below a head that is higher than
      // the level the path leaves the one to index 0 at once.
      return topShift + array.chunkShift() + topShift - level;
    }
    Node at = Node.of(head);
    if (at.shift < topShift) {
      return topShift - at.shift + topShift - level;
    }
    while (at.shift > level) {
      Object entry = at.get(at.canonical(at.slotOf(index)));
      if (entry == null) {
        return at.shift - level;
      }
      if (!Node.isNode(entry)) {
        return 0;
      }
      at = Node.of(entry);
    }
    return 0;
  }

  /** Puts nodes on top until the head has a shift. */
  private void grow(int topShift) {
    Object head = array.head();
    int shift = head != null && Node.isNode(head) ? Node.of(head).shift + array.chunkShift() : 0;
    if (head == null) {
      shift = topShift; // nothing to keep: the head is made at its height
    }
    for (; shift <= topShift; shift += array.chunkShift()) {
      Node top = takeFromStock(shift);
      head = array.head();
      if (head != null) {
        top.slots[0] = head;
        top.count = 1;
        for (XArrayMark mark : XArrayMark.all()) {
          Marks.setBits(top, mark, Marks.isAnywhere(array, mark) ? 1 : 0);
        }
        if (Node.isNode(head)) {
          Node.of(head).parent = top;
        }
      }
      array.setHead(top.slots);
    }
  }

  /** Puts an empty node from the stock into an empty slot. */
  private Object link(Node parent, int i) {
    Node child = takeFromStock(parent.shift - array.chunkShift());
    child.offset = i;
    child.parent = parent;
    parent.count++;
    parent.set(i, child.slots);
    return child.slots;
  }

  /** Allocates nodes; false, and none, if there is no memory. */
  boolean stockUp(long nodeCount) {
    for (long i = 0; i < nodeCount; i++) {
      Node made = array.allocateNode();
      if (made == null) {
        stock = null;
        return false;
      }
      made.parent = stock;
      stock = made;
    }
    return true;
  }

  /** Takes one of the nodes of {@link #stockUp}, which is counted as linked from now on. */
  Node takeFromStock(int shift) {
    Node taken = stock;
    if (taken == null) {
      throw new IllegalStateException("fewer nodes were allocated than are needed");
    }
    stock = taken.parent;
    taken.parent = null;
    taken.shift = shift;
    array.nodes++;
    return taken;
  }

  // ---------------------------------------------------------------- erasing

  /** Empties all slots of the entry at an index, and frees the nodes that become empty. */
  @Nullable Object erase(long index) {
    Object before = find(index);
    if (before == null) {
      return null;
    }
    Node at = node;
    Marks.clearAll(array, at, slot);
    countPlaceholder(before, null);
    if (at == null) {
      array.setHead(null);
      return before;
    }
    int run = at.runLength(slot);
    for (int i = slot; i < slot + run; i++) {
      at.set(i, null);
    }
    at.count -= run;
    deleteEmpty(at);
    return before;
  }

  /** Frees the nodes that hold nothing below a closed interval. */
  void prune(long firstIndex, long lastIndex) {
    long index = firstIndex;
    while (index >= 0 && index <= lastIndex) {
      find(index);
      Node at = node;
      if (at == null) {
        return;
      }
      boolean whole = at.count == 0 || at.shift == 0;
      long nextIndex = at.firstIndexOf(index, whole ? at.slotCount() : at.slotOf(index) + 1);
      if (at.count == 0) {
        deleteEmpty(at);
      }
      index = nextIndex;
    }
  }

  /** Takes a node out of the tree if it is empty, then its parent if that became empty. */
  private void deleteEmpty(Node from) {
    Node at = from;
    while (at.count == 0) {
      Node parent = at.parent;
      array.nodes--;
      if (parent == null) {
        array.setHead(null);
        return;
      }
      parent.set(at.offset, null);
      parent.count--;
      at.parent = null;
      at = parent;
    }
    shrink();
  }

  /** Takes nodes off the top while index 0's side is all that the head holds. */
  void shrink() {
    Object head = array.head();
    while (head != null && Node.isNode(head)) {
      Node top = Node.of(head);
      Object only = top.get(0);
      if (top.count != 1 || only == null || (!Node.isNode(only) && top.shift != 0)) {
        return;
      }
      array.setHead(only);
      top.count = 0;
      array.nodes--;
      if (Node.isNode(only)) {
        // Readers inside the old top still get to the child, which stays in place.
        Node.of(only).parent = null;
      } else {
        top.set(0, XArray.RETRY);
      }
      head = only;
    }
  }
}
