/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import java.lang.foreign.MemorySegment;

/** Supplies the content of a page. */
@FunctionalInterface
public interface PageFiller {
  /**
   * Writes the whole page. Called with no lock held but the mmap lock; must not fault or block.
   *
   * @param page {@link org.mm4j.Pages#SIZE_BYTES} bytes of undefined content
   */
  void fill(MemorySegment page);
}
