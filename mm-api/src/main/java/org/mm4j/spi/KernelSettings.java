/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.jspecify.annotations.Nullable;
import org.mm4j.KhugepagedTunables;

/**
 * The settings a kernel was built with.
 *
 * @param physicalBytes the size of the physical memory in bytes
 * @param hugeOrder the binary logarithm of the pages in a huge page
 * @param chunkShift the binary logarithm of the slots per page-cache node
 * @param memoryFileLimitPages how many pages all memory files together may have
 * @param perFileLimitPages how many pages one memory file may have
 * @param accountLimitPages how many pages may be charged to one address space
 * @param strategy the name of the collapse strategy, or null for the default
 * @param policy the name of the collapse policy, or null for the default
 * @param tunables khugepaged's settings at the start
 */
public record KernelSettings(
    long physicalBytes,
    int hugeOrder,
    int chunkShift,
    long memoryFileLimitPages,
    long perFileLimitPages,
    long accountLimitPages,
    @Nullable String strategy,
    @Nullable String policy,
    KhugepagedTunables tunables) {
  /** Returns the number of pages in a huge page. */
  public int hugePages() {
    return 1 << hugeOrder;
  }
}
