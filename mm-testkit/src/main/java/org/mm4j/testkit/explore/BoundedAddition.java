/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

/**
 * An addition to a word that is made only if a part of the word is within bounds.
 *
 * @param mask which part
 * @param least its least value
 * @param most its greatest value
 * @param delta what is added
 */
record BoundedAddition(long mask, long least, long most, long delta) {
  private boolean succeeds(long word) {
    long part = word & mask;
    return part >= least && part <= most;
  }

  private long after(long word) {
    return succeeds(word) ? word + delta : word;
  }

  /** Returns whether two additions to a word have the same results in either order. */
  static boolean commute(long word, BoundedAddition one, BoundedAddition other) {
    return one.succeeds(word) == one.succeeds(other.after(word))
        && other.succeeds(word) == other.succeeds(one.after(word));
  }
}
