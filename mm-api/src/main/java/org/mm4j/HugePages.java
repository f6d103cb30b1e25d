/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/**
 * Huge pages of a memory system: the settings of khugepaged, its start and stop, and its
 * statistics. Thread-safe.
 */
public interface HugePages {
  /** Returns the settings. */
  KhugepagedTunables tunables();

  /**
   * Changes the settings; a sleeping daemon wakes and obeys the new ones.
   *
   * @throws MemoryException EINVAL if a limit is not below the number of pages in a huge page
   */
  void tunables(KhugepagedTunables tunables);

  /** Starts khugepaged in the background. Starting twice does nothing. */
  void startDaemon();

  /** Stops khugepaged and waits for it to finish what it is doing. Stopping twice does nothing. */
  void stopDaemon();

  /**
   * Runs one round of khugepaged on the calling thread, for tests and deterministic runs: looks at
   * up to {@code pagesToScan} pages.
   *
   * @return how many pages it looked at
   */
  int scanOnce();

  /** Returns the statistics now. */
  CollapseStatistics statistics();
}
