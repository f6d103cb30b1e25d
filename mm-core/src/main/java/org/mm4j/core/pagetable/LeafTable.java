/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.pagetable;

import java.lang.invoke.MethodHandles;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.WordField;
import org.mm4j.sync.Words;

/**
 * The lowest level: one word per page.
 *
 * <p>Entries are changed under {@link #LOCK}, except that a processor sets the dirty bit without
 * it; so a change is a compare-and-set.
 */
final class LeafTable {
  /** The lock of one table ({@code ptl}). */
  static final BitLock LOCK =
      new BitLock(
          WordField.of(MethodHandles.lookup(), LeafTable.class, "state"),
          1,
          2,
          LockRank.PAGE_TABLE);

  private final long[] entries;

  @SuppressWarnings("unused") // accessed through LOCK
  private long state;

  /** How many entries are not empty; guarded by the lock. */
  private int used;

  LeafTable(int size) {
    entries = new long[size];
  }

  int size() {
    return entries.length;
  }

  boolean isEmpty() {
    return used == 0;
  }

  long get(int index) {
    return Words.get(entries, index);
  }

  /** Fills an empty entry; the lock is held. */
  void fill(int index, long entry) {
    Words.set(entries, index, entry);
    used++;
  }

  /** Empties an entry that is not empty and returns what it was, dirty bit included; lock held. */
  long clear(int index) {
    while (true) {
      long before = get(index);
      if (Words.compareAndSet(entries, index, before, Entry.NONE)) {
        used--;
        return before;
      }
    }
  }

  /** Replaces the permissions of an entry and returns what it was; the lock is held. */
  long permit(int index, long permissions) {
    while (true) {
      long before = get(index);
      if (Words.compareAndSet(
          entries, index, before, (before & ~Entry.PERMISSIONS) | permissions)) {
        return before;
      }
    }
  }

  /** Sets the dirty bit, as a processor does; false if the entry is not what it was. */
  boolean markDirty(int index, long entry) {
    return Words.compareAndSet(entries, index, entry, entry | Entry.DIRTY);
  }
}
