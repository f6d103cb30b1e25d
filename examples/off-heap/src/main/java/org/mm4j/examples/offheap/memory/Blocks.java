/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.memory;

/** Arithmetic of blocks. */
final class Blocks {
  private Blocks() {}

  /** Rounds a size up to whole blocks of a power of two. */
  static long roundUp(long sizeBytes, long blockBytes) {
    if (sizeBytes <= 0 || sizeBytes > Long.MAX_VALUE - blockBytes) {
      throw new IllegalArgumentException("no size: " + sizeBytes + " bytes");
    }
    return (sizeBytes + blockBytes - 1) & -blockBytes;
  }
}
