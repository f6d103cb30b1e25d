/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.measure;

/**
 * Something that random reads are measured on: numbered places, of which place {@code p.at(i)}
 * holds the number {@code p.at(i + 1)} of a {@link Permutation}: a chain through all of them.
 *
 * <p>What the loops return is a function of everything they have read, and is checked: no compiler
 * can leave a read out, and no place may answer wrongly.
 */
interface Reads {
  /** Returns the name, for people. */
  String name();

  /** Follows the chain: each read needs the one before. Returns where it ends. */
  int follow(int from, int steps);

  /** Adds up what is at positions {@code from ..}: no read needs another. */
  long sum(Permutation order, long from, int steps);
}
