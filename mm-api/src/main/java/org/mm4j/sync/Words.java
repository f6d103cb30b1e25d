/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.sync;

/**
 * Elements of a {@code long[]} that are read without a lock: page-table entries, bitmaps.
 *
 * <p>Loads acquire, stores release.
 */
public final class Words {
  private Words() {}

  /** Returns the element, ordered before everything after it. */
  public static long get(long[] words, int index) {
    return Sync.backend().loadWord(words, index);
  }

  /** Stores the element, ordered after everything before it. */
  public static void set(long[] words, int index, long value) {
    Sync.backend().storeWord(words, index, value);
  }

  /** Sets the element if it is {@code expected}; a full fence when it succeeds. */
  public static boolean compareAndSet(long[] words, int index, long expected, long value) {
    return Sync.backend().compareAndSetWord(words, index, expected, value);
  }

  /** Sets bits of the element and returns its value before; a full fence unless all were set. */
  public static long getAndSetBits(long[] words, int index, long bits) {
    return Sync.backend().getAndSetBits(words, index, bits);
  }
}
