/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.mm4j.KhugepagedTunables;

/**
 * How far from full a range may be and still be collapsed, in pages ({@code max_ptes_none}, {@code
 * max_ptes_swap}, {@code max_ptes_shared}).
 *
 * <p>A limit that no range can reach is no limit; {@link #NONE} has no other.
 *
 * @param maxHoles how many holes it may have
 * @param maxSwappedPages how many of its pages may be swapped out
 * @param maxSharedPages how many of its pages several mappings may share; files have no such limit
 */
public record CollapseLimits(int maxHoles, int maxSwappedPages, int maxSharedPages) {
  /** No limits: what {@code MADV_COLLAPSE} has. */
  public static final CollapseLimits NONE =
      new CollapseLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if one is negative
   */
  public CollapseLimits {
    requireNotNegative("holes", maxHoles);
    requireNotNegative("swapped pages", maxSwappedPages);
    requireNotNegative("shared pages", maxSharedPages);
  }

  /** Returns those of khugepaged's settings. */
  public static CollapseLimits of(KhugepagedTunables tunables) {
    return new CollapseLimits(
        tunables.maxPtesNone(), tunables.maxPtesSwap(), tunables.maxPtesShared());
  }

  private static void requireNotNegative(String what, int limit) {
    if (limit < 0) {
      throw new IllegalArgumentException("negative limit of " + what + ": " + limit);
    }
  }
}
