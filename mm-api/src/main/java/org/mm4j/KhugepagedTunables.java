/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/**
 * The settings of khugepaged, as in {@code /sys/kernel/mm/transparent_hugepage/khugepaged}.
 *
 * @param pagesToScan pages looked at per round, at least 1
 * @param scanSleepMillis pause between rounds, in milliseconds; 0 for none
 * @param allocSleepMillis pause after a huge page could not be had, in milliseconds
 * @param maxPtesNone how many holes a range may have, at most one less than it has pages
 * @param maxPtesSwap how many of its pages may be swapped out, likewise
 * @param maxPtesShared how many of its pages may be shared, likewise
 */
public record KhugepagedTunables(
    int pagesToScan,
    long scanSleepMillis,
    long allocSleepMillis,
    int maxPtesNone,
    int maxPtesSwap,
    int maxPtesShared) {
  /** Linux's values at boot, for ranges of 512 pages. */
  public static final KhugepagedTunables LINUX =
      new KhugepagedTunables(4096, 10_000, 60_000, 511, 64, 256);

  /**
   * Checks what can be checked without knowing the huge-page size.
   *
   * @throws MemoryException EINVAL as the sysfs files answer
   */
  public KhugepagedTunables {
    require(pagesToScan >= 1, "pages_to_scan", pagesToScan);
    require(scanSleepMillis >= 0, "scan_sleep_millisecs", scanSleepMillis);
    require(allocSleepMillis >= 0, "alloc_sleep_millisecs", allocSleepMillis);
    require(maxPtesNone >= 0, "max_ptes_none", maxPtesNone);
    require(maxPtesSwap >= 0, "max_ptes_swap", maxPtesSwap);
    require(maxPtesShared >= 0, "max_ptes_shared", maxPtesShared);
  }

  private static void require(boolean valid, String setting, long value) {
    if (!valid) {
      throw new MemoryException(Errno.EINVAL, setting, value, "out of range");
    }
  }

  /**
   * Linux's values for ranges of {@code 2^hugeOrder} pages: the same fractions of the range.
   *
   * @param hugeOrder the binary logarithm of the pages per huge page
   */
  public static KhugepagedTunables linux(int hugeOrder) {
    int pages = 1 << hugeOrder;
    return new KhugepagedTunables(
        8 * pages, 10_000, 60_000, pages - 1, Math.max(1, pages / 8), pages / 2);
  }

  /** The same with other numbers of pages per round and milliseconds between rounds. */
  public KhugepagedTunables withPace(int pages, long sleepMillis) {
    return new KhugepagedTunables(
        pages, sleepMillis, allocSleepMillis, maxPtesNone, maxPtesSwap, maxPtesShared);
  }

  /** The same with another limit of holes. */
  public KhugepagedTunables withMaxPtesNone(int pages) {
    return new KhugepagedTunables(
        pagesToScan, scanSleepMillis, allocSleepMillis, pages, maxPtesSwap, maxPtesShared);
  }
}
