/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.UffdFlag;
import org.mm4j.Userfaultfd;
import org.mm4j.core.frame.FramePool;
import org.mm4j.core.tlb.FlushStatistics;
import org.mm4j.spi.CollapseService;
import org.mm4j.spi.KernelSettings;
import org.mm4j.spi.MemoryDescriptor;

/** What an address space needs of its kernel. Thread-safe. */
public interface KernelServices {
  /** Returns the settings. */
  KernelSettings settings();

  /** Returns the physical memory. */
  FramePool frames();

  /** Returns the figures of flushes. */
  FlushStatistics flushes();

  /** Returns the figures of faults. */
  FaultStatistics faults();

  /** Returns khugepaged, or null if there is none. */
  @Nullable CollapseService collapse();

  /**
   * Opens a userfaultfd.
   *
   * @throws org.mm4j.MemoryException ENOSYS if there is no module for it
   */
  Userfaultfd openUserfaultfd(MemoryDescriptor mm, Set<UffdFlag> flags);

  /** Creates an empty address space. */
  ProcessMemory newSpace();

  /** An address space was closed. */
  void closed(ProcessMemory space);
}
