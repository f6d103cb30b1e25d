/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

import org.jspecify.annotations.Nullable;
import org.mm4j.sync.Slots;
import org.mm4j.sync.Sync;

/**
 * A lock-free iteration over the entries of a closed interval in index order, each multi-index
 * entry once. For one thread; it may rest between two steps as long as it likes.
 *
 * <pre>{@code
 * XArrayScan<Folio> scan = array.scan(first, last);
 * while (scan.next()) {
 *   use(scan.index(), scan.entry());
 * }
 * }</pre>
 *
 * <p>An entry that is there from the beginning to the end is seen; what is stored or erased
 * meanwhile may or may not be. Between steps it remembers the leaf it is in, not more: if that was
 * detached meanwhile, its retry entries send it back to the head.
 *
 * @param <E> the entries
 */
public final class XArrayScan<E> {
  private final XArray<E> array;
  private final long lastIndex;

  /** Where the next step begins; negative: the end. */
  private long from;

  /** The node that holds {@link #from}, or null: start at the head. */
  private Object @Nullable [] slots;

  private int shift;

  /** Began when the head was read: the node that was found then may be what is out of date. */
  private long attempt;

  private long index = -1;
  private @Nullable E entry;

  XArrayScan(XArray<E> array, long firstIndex, long lastIndex) {
    this.array = array;
    this.from = firstIndex;
    this.lastIndex = lastIndex;
  }

  /** Goes to the next entry, waiting over placeholders; false at the end. */
  public boolean next() {
    while (from >= 0 && from <= lastIndex) {
      Object[] node = slots != null ? slots : enter();
      if (node == null) {
        break;
      }
      Object met = advance(node);
      if (XArray.isRetry(met)) {
        slots = null;
        Sync.retry(attempt);
      } else if (met != null) {
        return true;
      }
    }
    from = -1;
    slots = null;
    entry = null;
    return false;
  }

  /** Goes on at an index: the entry that was met turned out to be replaced. */
  public void continueAt(long index) {
    from = index;
    slots = null;
  }

  /** Returns the index at which the entry was met: its first one, or where the iteration began. */
  public long index() {
    return index;
  }

  /** Returns the entry. */
  public E entry() {
    E found = entry;
    if (found == null) {
      throw new IllegalStateException("not at an entry");
    }
    return found;
  }

  /** Returns the head as a node, or one that stands for it; null if the rest is empty. */
  private Object @Nullable [] enter() {
    attempt = Sync.attempt();
    Object head = array.head();
    if (head == null) {
      return null;
    }
    if (!Node.isNode(head)) {
      // As if it were in a leaf.
      shift = 0;
      slots = from == 0 ? array.leafOf(head) : null;
      return slots;
    }
    Node node = Node.of(head);
    if (!node.covers(from)) {
      return null;
    }
    shift = node.shift;
    slots = node.slots;
    return slots;
  }

  /**
   * Goes on from {@link #from} in a node: to an entry (returned), to a child, or past the node's
   * end (null), or to a retry entry (returned).
   */
  private @Nullable Object advance(Object[] node) {
    int slotCount = node.length - 1;
    int slot = (int) (from >>> shift) & slotCount - 1;
    for (int i = slot; i < slotCount; i++) {
      Object met = Slots.get(node, i);
      if (met == null || met == Reserved.ENTRY) {
        continue;
      }
      long at = i == slot ? from : indexOf(i);
      if (at < 0 || at > lastIndex) {
        from = -1;
        return null;
      }
      if (Node.isNode(met)) {
        from = at;
        slots = (Object[]) met;
        shift -= array.chunkShift();
        return null;
      }
      int canonicalSlot = i;
      if (met instanceof Sibling sibling) {
        canonicalSlot = sibling.canonicalSlot();
        met = XArray.follow(node, i, sibling);
      }
      if (XArray.isRetry(met)) {
        from = at;
        return met;
      }
      if (met != null) {
        found(at, met);
        leave(node, slotBehind(node, i, canonicalSlot, met));
        return met;
      }
    }
    leave(node, slotCount);
    return null;
  }

  @SuppressWarnings("unchecked") // only E is left
  private void found(long at, Object met) {
    index = at;
    entry = (E) met;
  }

  /**
   * Returns the first slot that does not belong to the entry that was found. A sibling belongs to
   * it only if the canonical slot still holds that very entry when the sibling has been read: a
   * larger entry that was stored meanwhile may have the same canonical slot, and covers what is yet
   * to be seen.
   */
  @SuppressWarnings("ReferenceEquality") // an equal entry may be another one
  private static int slotBehind(Object[] node, int foundSlot, int canonicalSlot, Object found) {
    int slotCount = node.length - 1;
    int slot = foundSlot + 1;
    while (slot < slotCount
        && Slots.get(node, slot) instanceof Sibling sibling
        && sibling.canonicalSlot() == canonicalSlot
        && Slots.get(node, canonicalSlot) == found) {
      slot++;
    }
    return slot;
  }

  /** Makes the next step begin at a slot. */
  private void leave(Object[] node, int slot) {
    from = indexOf(slot);
    if (slot == node.length - 1) {
      slots = null;
    }
  }

  /** Returns the first index of a slot of the node that holds {@link #from}; negative: none. */
  private long indexOf(int slot) {
    return Node.firstIndex(from, slot, array.chunkShift(), shift);
  }
}
