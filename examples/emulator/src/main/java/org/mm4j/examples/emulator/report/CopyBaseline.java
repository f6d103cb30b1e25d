/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.report;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.mm4j.Pages;

/** How long it takes to copy 512 scattered pages side by side: what a collapse must at least do. */
public final class CopyBaseline {
  private static final int PAGES = 512;
  private static final int SCATTERED_OVER_PAGES = 16 * PAGES;
  private static final int ROUNDS = 31;

  private CopyBaseline() {}

  /** Measures on the calling thread; returns the median in nanoseconds. */
  public static long measureNanos() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = arena.allocate((long) SCATTERED_OVER_PAGES * Pages.SIZE_BYTES);
      MemorySegment target = arena.allocate((long) PAGES * Pages.SIZE_BYTES);
      source.fill((byte) 1);
      SplittableRandom random = new SplittableRandom(1);
      long[] nanos = new long[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        int[] pages = random.ints(PAGES, 0, SCATTERED_OVER_PAGES).toArray();
        long start = System.nanoTime();
        for (int page = 0; page < PAGES; page++) {
          MemorySegment.copy(
              source,
              (long) pages[page] * Pages.SIZE_BYTES,
              target,
              (long) page * Pages.SIZE_BYTES,
              Pages.SIZE_BYTES);
        }
        nanos[round] = System.nanoTime() - start;
      }
      Arrays.sort(nanos);
      return nanos[ROUNDS / 2];
    }
  }
}
