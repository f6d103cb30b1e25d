/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.frame;

/** How HotSpot lays objects out, for reports of metadata; a test compares it with measurements. */
final class HeapLayout {
  /** Bytes of a reference: compressed below a heap of 32 GiB. */
  static final int REFERENCE_BYTES = Runtime.getRuntime().maxMemory() < 32L << 30 ? 4 : 8;

  private static final int HEADER_BYTES = 12;
  private static final int ALIGNMENT_BYTES = 8;

  private HeapLayout() {}

  /** Returns the size of an object with only 64-bit words and references. */
  static int objectBytes(int words, int references) {
    int bytes = HEADER_BYTES + words * Long.BYTES + references * REFERENCE_BYTES;
    return (bytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
  }
}
