/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** The base page: 4 KiB, on every architecture this library models. */
public final class Pages {
  /** The binary logarithm of {@link #SIZE_BYTES}. */
  public static final int SHIFT = 12;

  /** The size of a base page in bytes. */
  public static final int SIZE_BYTES = 1 << SHIFT;

  /** The mask of the offset within a page. */
  public static final long OFFSET_MASK = SIZE_BYTES - 1;

  private Pages() {}

  /** Returns whether an address or length is a multiple of the page size. */
  public static boolean isAligned(long bytes) {
    return (bytes & OFFSET_MASK) == 0;
  }

  /** Rounds down to a page boundary. */
  public static long alignDown(long bytes) {
    return bytes & ~OFFSET_MASK;
  }

  /**
   * Rounds up to a page boundary; wraps to 0 when there is no such boundary below 2<sup>64</sup>,
   * as Linux's {@code PAGE_ALIGN} does.
   */
  public static long alignUp(long bytes) {
    return (bytes + OFFSET_MASK) & ~OFFSET_MASK;
  }
}
