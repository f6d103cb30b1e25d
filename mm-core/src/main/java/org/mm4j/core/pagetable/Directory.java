/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.pagetable;

import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Slots;
import org.mm4j.sync.WordField;

/**
 * The level above the tables ({@code pmd}): each slot is null, a {@link LeafTable} or a {@link
 * HugeEntry}, and changes under {@link #LOCK} only.
 *
 * <pre>{@code
 * null <--attach, detach--> LeafTable
 *   ^-----set, clear------> HugeEntry
 * }</pre>
 */
final class Directory {
  /** The lock of one directory ({@code pmd_lock}). */
  static final BitLock LOCK =
      new BitLock(
          WordField.of(MethodHandles.lookup(), Directory.class, "state"), 1, 2, LockRank.DIRECTORY);

  private final @Nullable Object[] slots;

  @SuppressWarnings("unused") // accessed through LOCK
  private long state;

  /** How many slots are not null; guarded by the lock. */
  private int used;

  Directory(int size) {
    slots = new Object[size];
  }

  boolean isEmpty() {
    return used == 0;
  }

  @SuppressWarnings("NullAway") // Slots.get takes an array whose elements it may find null
  @Nullable Object get(int index) {
    return Slots.get(slots, index);
  }

  /** Changes a slot; the lock is held. */
  void set(int index, @Nullable Object value) {
    used += (value == null ? 0 : 1) - (get(index) == null ? 0 : 1);
    Slots.set(slots, index, value);
  }

  /**
   * A huge page in place of a table. Immutable; it is dirty from the start if it is writable.
   *
   * @param bits as of an entry
   */
  record HugeEntry(long bits) {}
}
