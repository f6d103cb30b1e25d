/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.Pages;

/**
 * A mapping of one address space: a range of addresses with the same flags and the same file.
 *
 * <p>Range, file and offset never change; what is split or merged is replaced. The flags are one
 * word that changes in place under the mmap lock held for writing and is read without ordering by
 * {@link #has}: a check that must not miss a change has a full fence before it, and the change one
 * after it.
 */
public interface Vma {
  /** Returns its addresses, page aligned, not empty. */
  AddressRange range();

  /** Returns the page index in the file of its first page. */
  long pageOffset();

  /** Returns the address space it belongs to. */
  MemoryDescriptor mm();

  /** Returns the file, or null if it is anonymous. */
  @Nullable Mapping mapping();

  /** Returns the flags word now, unordered. */
  long flags();

  /** Returns whether a flag is set now, unordered. */
  default boolean has(VmaFlag flag) {
    return (flags() & flag.bit()) != 0;
  }

  /** Returns the userfaultfd that watches it, or null. Stable under the mmap lock. */
  @Nullable UserfaultWatcher watcher();

  /** Returns the page index in the file of an address within the VMA. */
  default long indexOf(long address) {
    return pageOffset() + ((address - range().start()) >>> Pages.SHIFT);
  }

  /** Returns the page index in the file after its last page. */
  default long endIndex() {
    return pageOffset() + (range().lengthBytes() >>> Pages.SHIFT);
  }

  /** Returns the address at which a page index of the file is, or would be, mapped. */
  default long addressOf(long index) {
    return range().start() + ((index - pageOffset()) << Pages.SHIFT);
  }
}
