/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.sync;

import org.jspecify.annotations.Nullable;

/**
 * Elements of an {@code Object[]} that are read without a lock: the slots of a radix-tree node.
 *
 * <p>Loads acquire, stores release; never volatile, which would hide the store-buffering window
 * that the collapse's full fence closes.
 */
public final class Slots {
  private Slots() {}

  /** Returns the element, ordered before everything after it. */
  public static @Nullable Object get(Object[] slots, int index) {
    return Sync.backend().loadSlot(slots, index);
  }

  /** Stores the element, ordered after everything before it. */
  public static void set(@Nullable Object[] slots, int index, @Nullable Object value) {
    Sync.backend().storeSlot(slots, index, value);
  }

  /** Sets the element if it is {@code expected}; a full fence when it succeeds. */
  public static boolean compareAndSet(
      @Nullable Object[] slots, int index, @Nullable Object expected, @Nullable Object value) {
    return Sync.backend().compareAndSetSlot(slots, index, expected, value);
  }
}
