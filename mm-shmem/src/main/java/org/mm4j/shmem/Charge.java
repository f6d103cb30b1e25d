/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import org.mm4j.sync.Counter;

/**
 * How many pages one file has, held against two limits: its own, and that of all files together.
 * Exact, lock-free, callable under any lock.
 *
 * <p>A page is charged before it is allocated and uncharged when it is taken out, so nothing can
 * drift and nothing has to be recomputed, unlike {@code i_blocks} in Linux.
 */
final class Charge {
  private final Counter file = new Counter();
  private final Counter all;
  private final long fileLimitPages;
  private final long allLimitPages;

  /**
   * Creates a charge of nothing.
   *
   * @param all the counter that all files of the kernel share
   */
  Charge(Counter all, long fileLimitPages, long allLimitPages) {
    this.all = all;
    this.fileLimitPages = fileLimitPages;
    this.allLimitPages = allLimitPages;
  }

  /** Charges pages; false if a limit is reached, and then nothing changed. */
  boolean charge(long pages) {
    if (!file.tryAdd(pages, fileLimitPages)) {
      return false;
    }
    if (!all.tryAdd(pages, allLimitPages)) {
      file.add(-pages);
      return false;
    }
    return true;
  }

  /** Gives a charge back. */
  void uncharge(long pages) {
    file.add(-pages);
    all.add(-pages);
  }

  /** Returns the pages of this file. */
  long pages() {
    return file.get();
  }

  /** Returns how many pages a file could have if it were the only one. */
  long greatestPages() {
    return Math.min(fileLimitPages, allLimitPages);
  }
}
