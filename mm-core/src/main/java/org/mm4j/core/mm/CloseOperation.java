/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.util.Set;
import org.mm4j.AddressRange;
import org.mm4j.UserAddresses;
import org.mm4j.spi.UserfaultWatcher;

/**
 * {@code exit_mmap}: unmaps everything and wakes whoever is blocked in a fault.
 *
 * <p>The space is marked as exiting before the mmap lock is taken. So a fault that still came in
 * has its place in the userfaultfd's queue when the lock is ours, and is woken; one that comes
 * later finds the mark.
 */
final class CloseOperation {
  private CloseOperation() {}

  static void run(ProcessMemory mm) {
    Set<UserfaultWatcher> watchers;
    mm.mmapLock().lock();
    try {
      UnmapOperation.underLock(mm, new AddressRange(0, UserAddresses.END));
      watchers = mm.rememberedWatchers();
    } finally {
      mm.mmapLock().unlock();
    }
    watchers.forEach(watcher -> watcher.addressSpaceExits(mm));
  }
}
