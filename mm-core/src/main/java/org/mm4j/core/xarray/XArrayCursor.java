/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

import org.jspecify.annotations.Nullable;

/**
 * A way to do several things to an array in one hold of its lock (Linux: {@code xa_state} and the
 * {@code xas_} functions). Owned by one thread.
 *
 * <p>Every access starts at the head, so a cursor cannot be stale. All methods but {@link #lock}
 * and {@link #isLocked} throw {@link IllegalStateException} if the cursor does not hold the lock.
 * Holding it, nothing else may be acquired. The one correct use:
 *
 * <pre>{@code
 * cursor.lock();
 * try {
 *   ...
 * } finally {
 *   cursor.unlock();
 * }
 * }</pre>
 *
 * @param <E> the entries
 */
public final class XArrayCursor<E> {
  /** What {@link #nextOccupied} and {@link #nextMarked} answer for "none". */
  public static final long NONE = TreeSearch.NONE;

  private final XArray<E> array;
  private boolean locked;

  XArrayCursor(XArray<E> array) {
    this.array = array;
  }

  /** Acquires the array's lock; this cursor does not hold it. */
  public void lock() {
    if (locked) {
      throw new IllegalStateException("the cursor holds the lock already");
    }
    array.lock();
    locked = true;
  }

  /**
   * Releases the array's lock.
   *
   * @throws IllegalStateException if a placeholder is left; the lock stays held
   */
  public void unlock() {
    requireLocked();
    array.unlock();
    locked = false;
  }

  /** Returns whether this cursor holds the lock. */
  public boolean isLocked() {
    return locked;
  }

  // ---------------------------------------------------------------- looking

  /** Returns the entry at an index; a placeholder and a reserved index read as null. */
  @SuppressWarnings("unchecked") // neither internal nor reserved
  public @Nullable E load(long index) {
    requireLocked();
    Object entry = writer().find(XArray.checked(index));
    return (E) XArray.visible(XArray.isRetry(entry) ? null : entry);
  }

  /** Returns what is at an index: an entry, {@link XArray#RETRY} for a placeholder, or null. */
  public @Nullable Object peek(long index) {
    requireLocked();
    return XArray.visible(writer().find(XArray.checked(index)));
  }

  /** Returns the order of the entry at an index, 0 if there is none. */
  public int order(long index) {
    requireLocked();
    return writer().order(XArray.checked(index));
  }

  /** Returns whether an index of a closed interval has anything, reserved or placeholder. */
  public boolean anyEntry(long firstIndex, long lastIndex) {
    return nextOccupied(firstIndex, lastIndex) != NONE;
  }

  /**
   * Returns the first index of a closed interval that has anything, reserved or placeholder, or
   * {@link #NONE}.
   */
  public long nextOccupied(long firstIndex, long lastIndex) {
    requireLocked();
    return TreeSearch.next(array, XArray.checked(firstIndex), lastIndex);
  }

  /** Returns the first index of a closed interval whose entry has a mark, or {@link #NONE}. */
  public long nextMarked(long firstIndex, long lastIndex, XArrayMark mark) {
    requireLocked();
    return TreeSearch.nextMarked(array, XArray.checked(firstIndex), lastIndex, mark);
  }

  // ---------------------------------------------------------------- changing

  /**
   * Stores an entry over all indices of the aligned range that contains the index. If a larger
   * entry covers it, that is replaced as a whole. Whatever of the range had a mark passes it on.
   *
   * @param order the binary logarithm of its indices, 0 to {@link XArray#MAX_ORDER}
   * @return false if there is no memory; nothing changed
   */
  public boolean store(long index, int order, E entry) {
    requireLocked();
    return writer().store(XArray.firstOf(index, order), order, XArray.storable(entry));
  }

  /**
   * Stores a placeholder in an empty slot: lock-free readers wait there until it is replaced or
   * erased, which has to happen before the lock is released.
   *
   * @return false if there is no memory; nothing changed
   * @throws IllegalStateException if the slot is not empty
   */
  public boolean storePlaceholder(long index) {
    requireLocked();
    Object before = writer().find(XArray.checked(index));
    if (before != null) {
      throw new IllegalStateException("index " + index + " is not empty: " + before);
    }
    return writer().store(index, 0, XArray.RETRY);
  }

  /**
   * Erases what is at an index, placeholder or reserved too, on all its indices.
   *
   * @return the entry that was there
   */
  @SuppressWarnings("unchecked") // neither internal nor reserved
  public @Nullable E erase(long index) {
    requireLocked();
    Object before = writer().erase(XArray.checked(index));
    return (E) XArray.visible(XArray.isRetry(before) ? null : before);
  }

  /**
   * Erases everything that has an index in a closed interval, and frees empty nodes there. A larger
   * entry that reaches out of the interval is erased as a whole: split it before.
   */
  public void eraseRange(long firstIndex, long lastIndex) {
    requireLocked();
    long at = XArray.checked(firstIndex);
    while ((at = TreeSearch.next(array, at, lastIndex)) != NONE) {
      writer().erase(at);
    }
    prune(firstIndex, lastIndex);
  }

  /** Frees the nodes in a closed interval that hold nothing, such as those kept in reserve. */
  public void prune(long firstIndex, long lastIndex) {
    requireLocked();
    writer().prune(XArray.checked(firstIndex), lastIndex);
  }

  /**
   * Makes the nodes that the indices of a closed interval need, so that storing there needs no
   * memory, until something there is erased or split ({@code xas_create_range}).
   *
   * @return false if there is no memory; what was made stays
   */
  public boolean reserveNodes(long firstIndex, long lastIndex) {
    requireLocked();
    return writer().reserveNodes(XArray.checked(firstIndex), lastIndex);
  }

  /**
   * Splits a multi-index entry into entries of a smaller order, which are all the same object with
   * the same marks, to be replaced one by one.
   *
   * @return false if there is no memory; nothing changed
   * @throws IllegalArgumentException if the index has no entry of the order, or it is not greater
   *     than the other
   */
  public boolean split(long index, int fromOrder, int toOrder) {
    requireLocked();
    return EntrySplit.split(array, XArray.checked(index), fromOrder, toOrder);
  }

  // ---------------------------------------------------------------- marks

  /** Sets a mark of the entry at an index, if there is one. */
  public void setMark(long index, XArrayMark mark) {
    if (load(index) != null) {
      Marks.set(array, writer().node(), writer().slot(), mark);
    }
  }

  /** Clears a mark of the entry at an index. */
  public void clearMark(long index, XArrayMark mark) {
    if (load(index) != null) {
      Marks.clear(array, writer().node(), writer().slot(), mark);
    }
  }

  /** Returns whether the entry at an index has a mark. */
  public boolean hasMark(long index, XArrayMark mark) {
    if (load(index) == null) {
      return false;
    }
    Node node = writer().node();
    return node == null ? Marks.isAnywhere(array, mark) : Marks.isSet(node, writer().slot(), mark);
  }

  private TreeWriter writer() {
    return array.writer();
  }

  private void requireLocked() {
    if (!locked) {
      throw new IllegalStateException("the cursor does not hold the lock");
    }
  }
}
