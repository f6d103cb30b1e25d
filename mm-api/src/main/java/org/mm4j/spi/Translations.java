/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.mm4j.AddressRange;

/**
 * What a {@link ReverseMap} needs of an address space: to remove translations. Every address space
 * that maps files has it: {@link MemoryDescriptor#translations()}.
 *
 * <p>All methods are called with the reverse-map lock held shared, so the VMA neither goes away nor
 * changes its range; its flags may change at any time. They take page-table locks. Nothing that
 * they remove may be taken for gone before the batch is flushed.
 */
public interface Translations {
  /**
   * Removes the page-table entry or huge entry at an address if it leads to a folio, with its
   * mapping count and its reference.
   *
   * @param vma the VMA that contains the address
   * @param address page aligned
   * @param folio the folio, locked
   * @param batch remembers what is to be flushed
   * @return whether an entry was removed
   */
  boolean removePage(Vma vma, long address, Folio folio, TlbBatch batch);

  /**
   * Removes every entry of a range with its mapping count and reference ({@code zap_page_range}).
   * The VMA stays.
   *
   * @param vma the VMA that contains the range
   * @param range page aligned, not empty
   * @param batch remembers what is to be flushed
   */
  void removeRange(Vma vma, AddressRange range, TlbBatch batch);

  /**
   * Frees the page table under a huge-page-aligned address, if there is a table and the VMA permits
   * it. What the reverse map checked before the page-table lock can have changed: that no
   * userfaultfd watches for stores is checked again under that lock.
   *
   * @param vma a VMA that covers the whole huge page
   * @param address aligned to the huge-page size
   * @param batch remembers what is to be flushed
   */
  void retract(Vma vma, long address, TlbBatch batch);
}
