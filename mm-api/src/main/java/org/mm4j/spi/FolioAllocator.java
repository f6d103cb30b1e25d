/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.jspecify.annotations.Nullable;

/** Hands out folios. Thread-safe; callable under any lock outside of rank FRAMES. */
public interface FolioAllocator {
  /**
   * Allocates a folio and charges its pages until its last reference is given back.
   *
   * @param order the binary logarithm of its pages, 0 to the kernel's huge order
   * @param account the address space to charge, or null for none
   */
  Allocation allocate(int order, @Nullable MemoryDescriptor account);
}
