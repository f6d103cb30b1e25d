/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.lang.foreign.MemorySegment;
import org.mm4j.AddressRange;

/** Where the content of missing pages comes from. Called by one thread of the service. */
@FunctionalInterface
public interface PageSource {
  /**
   * Supplies a page. It must not touch the served memory. What it throws poisons the page, where
   * the kernel can: who reads it gets EFAULT instead of invented zeros.
   *
   * @param address the address of the page
   * @param page 4 KiB to be written, zeroed
   */
  void load(long address, MemorySegment page);

  /**
   * Told when pages of the range are dropped or unmapped, before anybody can miss them again; needs
   * {@link org.mm4j.UffdFeature#EVENT_REMOVE} and {@link org.mm4j.UffdFeature#EVENT_UNMAP}.
   *
   * @param range the pages
   */
  default void dropped(AddressRange range) {}
}
