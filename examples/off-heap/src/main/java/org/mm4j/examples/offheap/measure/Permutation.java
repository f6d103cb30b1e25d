/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.measure;

/**
 * A fixed order of the numbers {@code 0 .. 2^bits - 1} that looks like chance to caches, TLBs and
 * prefetchers, and of which every element is known without a table: so the end of a walk along it
 * is known as well.
 */
final class Permutation {
  // Odd, so that multiplying by them permutes the numbers below any power of two.
  private static final long FIRST_FACTOR = 0x9E37_79B9_7F4A_7C15L;
  private static final long SECOND_FACTOR = 0xD6E8_FEB8_6659_FD93L;

  private final long mask;
  private final int shift;

  /**
   * Creates a permutation.
   *
   * @param bits from 1 to 30
   */
  Permutation(int bits) {
    if (bits < 1 || bits > 30) {
      throw new IllegalArgumentException("not from 1 to 30 bits: " + bits);
    }
    this.mask = (1L << bits) - 1;
    this.shift = (bits + 1) / 2;
  }

  /** Returns how many numbers it has. */
  int length() {
    return (int) mask + 1;
  }

  /** Returns the number at a position; positions go round. */
  int at(long position) {
    long mixed = (position * FIRST_FACTOR) & mask;
    mixed ^= mixed >>> shift;
    mixed = (mixed * SECOND_FACTOR) & mask;
    mixed ^= mixed >>> shift;
    return (int) mixed;
  }
}
