/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.util.Map;
import org.mm4j.CollapseStatistics;
import org.mm4j.Errno;
import org.mm4j.HugePages;
import org.mm4j.KhugepagedTunables;
import org.mm4j.MemoryException;
import org.mm4j.linux.ThpSettings.Setting;

/**
 * The kernel's own khugepaged. Its settings and counters are the machine's; it runs when huge pages
 * are enabled, and neither stops nor scans on request.
 */
final class LinuxHugePages implements HugePages {
  private final ThpSettings settings;
  private final String kernelRelease;

  LinuxHugePages(ThpSettings settings, String kernelRelease) {
    this.settings = settings;
    this.kernelRelease = kernelRelease;
  }

  @Override
  public KhugepagedTunables tunables() {
    return new KhugepagedTunables(
        (int) number(Setting.PAGES_TO_SCAN),
        number(Setting.SCAN_SLEEP_MILLISECS),
        number(Setting.ALLOC_SLEEP_MILLISECS),
        (int) number(Setting.MAX_PTES_NONE),
        (int) number(Setting.MAX_PTES_SWAP),
        (int) number(Setting.MAX_PTES_SHARED));
  }

  private long number(Setting setting) {
    return Long.parseLong(settings.read(setting));
  }

  @Override
  public void tunables(KhugepagedTunables tunables) {
    settings.write(Setting.PAGES_TO_SCAN, String.valueOf(tunables.pagesToScan()));
    settings.write(Setting.MAX_PTES_NONE, String.valueOf(tunables.maxPtesNone()));
    settings.write(Setting.MAX_PTES_SWAP, String.valueOf(tunables.maxPtesSwap()));
    settings.write(Setting.MAX_PTES_SHARED, String.valueOf(tunables.maxPtesShared()));
    settings.write(Setting.ALLOC_SLEEP_MILLISECS, String.valueOf(tunables.allocSleepMillis()));
    // Last: writing a pause wakes the daemon.
    settings.write(Setting.SCAN_SLEEP_MILLISECS, String.valueOf(tunables.scanSleepMillis()));
  }

  @Override
  public void startDaemon() {
    if (settings.read(Setting.ENABLED).equals("never")) {
      throw new MemoryException(
          Errno.EOPNOTSUPP, "startDaemon", 0, "huge pages are switched off on this machine");
    }
  }

  @Override
  public void stopDaemon() {
    throw new MemoryException(
        Errno.EOPNOTSUPP, "stopDaemon", 0, "the kernel's khugepaged is everybody's");
  }

  @Override
  public int scanOnce() {
    throw new MemoryException(
        Errno.EOPNOTSUPP, "scanOnce", 0, "the kernel's khugepaged does not scan on request");
  }

  /**
   * {@inheritDoc}
   *
   * <p>What the kernel tells only in trace events is not here: both maps are empty, the collapses
   * and their time are 0.
   */
  @Override
  public CollapseStatistics statistics() {
    return new CollapseStatistics(
        "kernel " + kernelRelease,
        "kernel " + kernelRelease,
        Map.of(),
        Map.of(),
        settings.counter("pages_collapsed"),
        settings.counter("full_scans"),
        0,
        0,
        0,
        0,
        0);
  }
}
