/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;

/**
 * The address spaces that khugepaged looks at, and how far it has come: its cursor is an address
 * space and an address in it, or none, between the last one and the first.
 *
 * <p>A new one is appended at the end. Thread-safe; its lock has rank LEAF, so every method may be
 * called under any other lock.
 */
final class AddressSpaceList {
  private static final int NONE = -1;

  private final Mutex lock = new Mutex(LockRank.LEAF, "address spaces of khugepaged");

  /** In the order of scanning. Guarded by {@link #lock}. */
  private final List<MemoryDescriptor> spaces = new ArrayList<>();

  /** The same, for finding. Guarded by {@link #lock}. */
  private final Set<MemoryDescriptor> known = new HashSet<>();

  /** The position of the cursor's address space, or {@link #NONE}. Guarded by {@link #lock}. */
  private int position = NONE;

  /** The cursor's address. Guarded by {@link #lock}. */
  private long address;

  /**
   * Where khugepaged is.
   *
   * @param mm the address space
   * @param address the first address it has not looked at
   */
  record Cursor(MemoryDescriptor mm, long address) {}

  /**
   * Adds an address space unless it is known.
   *
   * @return whether it is the first one
   */
  boolean add(MemoryDescriptor mm) {
    lock.lock();
    try {
      if (!known.add(mm)) {
        return false;
      }
      spaces.add(mm);
      return spaces.size() == 1;
    } finally {
      lock.unlock();
    }
  }

  /** Removes an address space; the cursor goes on with the one behind it. */
  void remove(MemoryDescriptor mm) {
    lock.lock();
    try {
      if (known.remove(mm)) {
        int removed = spaces.indexOf(mm);
        spaces.remove(removed);
        if (removed < position) {
          position--;
        } else if (removed == position) {
          address = 0;
          position = position == spaces.size() ? NONE : position;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isEmpty() {
    lock.lock();
    try {
      return spaces.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether the cursor is between the last address space and the first. */
  boolean isAtHead() {
    lock.lock();
    try {
      return position == NONE;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the cursor, which moves to the first address space if it was nowhere; null if none. */
  @Nullable Cursor current() {
    lock.lock();
    try {
      if (spaces.isEmpty()) {
        return null;
      }
      if (position == NONE) {
        position = 0;
        address = 0;
      }
      return new Cursor(spaces.get(position), address);
    } finally {
      lock.unlock();
    }
  }

  /** Moves the cursor within its address space, unless that was removed meanwhile. */
  void moveTo(MemoryDescriptor mm, long next) {
    lock.lock();
    try {
      if (isCurrent(mm)) {
        address = next;
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves the cursor to the next address space, unless its own was removed meanwhile.
   *
   * @return whether that was the last one
   */
  boolean advanceFrom(MemoryDescriptor mm) {
    lock.lock();
    try {
      if (!isCurrent(mm)) {
        return false;
      }
      address = 0;
      position++;
      if (position < spaces.size()) {
        return false;
      }
      position = NONE;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean isCurrent(MemoryDescriptor mm) {
    return position != NONE && spaces.get(position).equals(mm);
  }
}
