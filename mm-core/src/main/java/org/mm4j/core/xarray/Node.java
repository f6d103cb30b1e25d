/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

import org.jspecify.annotations.Nullable;
import org.mm4j.sync.Slots;

/**
 * The metadata of one node: the last element of the node's slot array.
 *
 * <p>A node <em>is</em> its {@code Object[]}: a parent's slot points at the array and not at this
 * object, so that a reader pays one dependent load per level. The array has {@code 2^chunkShift}
 * slots and then this object:
 *
 * <pre>{@code
 * Object[] ── 0 ── 1 ── 2 ── ... ── 2^chunkShift - 1 ── Node{shift, offset, parent, count, marks}
 * }</pre>
 *
 * <p>A slot holds null, a child's {@code Object[]}, a {@link Sibling}, or an entry: a user's
 * object, {@link Reserved}, or the retry entry.
 *
 * <p>Slots are read without a lock and written holding the array's lock. Of the fields only {@link
 * #shift} is read without the lock; it is written before the node is published. Everything else is
 * guarded by the array's lock.
 */
final class Node {
  /** The slots; the last element is this object. */
  final Object[] slots;

  /** How far an index is shifted right to become an offset; 0 in a leaf. */
  int shift;

  /** The slot of the parent that leads here; 0 in the head. */
  int offset;

  /** The node above; null in the head. */
  @Nullable Node parent;

  /** How many slots are not empty, siblings and child nodes included. */
  int count;

  /** One word per mark, one bit per slot; see {@link Marks}. */
  long mark0;

  long mark1;
  long mark2;

  private Node(Object[] slots) {
    this.slots = slots;
  }

  /** Makes a node of an array whose elements are all null. */
  static Node in(Object[] slots) {
    Node node = new Node(slots);
    slots[slots.length - 1] = node;
    return node;
  }

  /** Returns the metadata of a node that was met in a slot. */
  static Node of(Object node) {
    Object[] slots = (Object[]) node;
    return (Node) slots[slots.length - 1];
  }

  /** Returns whether what was met in a slot, not null, is a child node. */
  static boolean isNode(Object entry) {
    // Not instanceof: one comparison of the class word, because arrays are covariant.
    return entry.getClass() == Object[].class;
  }

  /** Returns the number of slots. */
  int slotCount() {
    return slots.length - 1;
  }

  @Nullable Object get(int slot) {
    return Slots.get(slots, slot);
  }

  void set(int slot, @Nullable Object entry) {
    Slots.set(slots, slot, entry);
  }

  /** Returns the slot of an index that this node covers. */
  int slotOf(long index) {
    return (int) (index >>> shift) & (slotCount() - 1);
  }

  /** Returns the slot that holds the entry of a slot: itself, unless it is a sibling. */
  int canonical(int slot) {
    return get(slot) instanceof Sibling sibling ? sibling.canonicalSlot() : slot;
  }

  /** Returns how many slots the entry in a canonical slot has. */
  int runLength(int canonicalSlot) {
    int end = canonicalSlot + 1;
    while (end < slotCount()
        && get(end) instanceof Sibling sibling
        && sibling.canonicalSlot() == canonicalSlot) {
      end++;
    }
    return end - canonicalSlot;
  }

  /** Returns whether this node as the head covers an index. */
  boolean covers(long index) {
    return index >>> shift < slotCount();
  }

  /** Returns the first index of a slot; negative if it is beyond the greatest index. */
  long firstIndexOf(long indexInNode, int slot) {
    return firstIndex(indexInNode, slot, Integer.numberOfTrailingZeros(slotCount()), shift);
  }

  /** The same for a node of which only the shift is known; {@code slot} may be the slot count. */
  static long firstIndex(long indexInNode, int slot, int chunkShift, int shift) {
    int nodeShift = shift + chunkShift;
    long base = nodeShift >= Long.SIZE - 1 ? 0 : indexInNode >>> nodeShift << nodeShift;
    if (slot > Long.MAX_VALUE >>> shift) {
      return -1;
    }
    return base + ((long) slot << shift);
  }
}
