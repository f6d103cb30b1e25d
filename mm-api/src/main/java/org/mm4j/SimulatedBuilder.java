/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/**
 * Settings of a simulated kernel. Not thread-safe. Every setting has a default; a value out of
 * range is an {@link IllegalArgumentException} that names it.
 */
public interface SimulatedBuilder {
  /** The greatest huge order there is: 2 MiB. */
  int LINUX_HUGE_ORDER = 9;

  /** Linux's chunk shift: nodes of 64 slots. */
  int LINUX_CHUNK_SHIFT = 6;

  /**
   * Sets the size of the physical memory in bytes, a multiple of the huge-page size; default 1 GiB.
   * It is taken from the host in chunks when it is first used.
   */
  SimulatedBuilder physicalBytes(long bytes);

  /**
   * Sets the huge order, 1 to {@value #LINUX_HUGE_ORDER}; default {@value #LINUX_HUGE_ORDER}. Small
   * worlds of 3 can be searched completely.
   */
  SimulatedBuilder hugeOrder(int order);

  /** Sets the binary logarithm of the slots per page-cache node, 1 to 6; default 6. */
  SimulatedBuilder chunkShift(int shift);

  /** Limits the pages that all memory files together may have; default no limit. */
  SimulatedBuilder memoryFileLimitBytes(long bytes);

  /** Limits the pages that one memory file may have; default no limit. */
  SimulatedBuilder perFileLimitBytes(long bytes);

  /** Limits the memory charged to one address space; default no limit. */
  SimulatedBuilder accountLimitBytes(long bytes);

  /**
   * Chooses the collapse strategy by name; default {@code linux}. An unknown name is an {@link
   * IllegalArgumentException} from {@link #build()} that lists the known ones.
   */
  SimulatedBuilder strategy(String name);

  /**
   * Chooses the collapse policy by name; default {@code khugepaged}, which obeys the settings. An
   * unknown name is an {@link IllegalArgumentException} from {@link #build()} that lists the known
   * ones.
   */
  SimulatedBuilder policy(String name);

  /** Sets khugepaged's settings; default Linux's at boot, scaled to the huge order. */
  SimulatedBuilder khugepaged(KhugepagedTunables tunables);

  /** Adds an extension, which wins over what the path provides. */
  SimulatedBuilder with(Extension extension);

  /** Builds the kernel. Its daemon is not started. */
  MemorySystem build();
}
