/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.ScanResult;
import org.mm4j.sync.SharedLock;

/**
 * The mechanism behind an address space (Linux: {@code mm_struct}; variable {@code mm}): its lock,
 * its VMAs, its page tables.
 */
public interface MemoryDescriptor {
  /** Returns the number of the address space, counted from 1 in order of creation. */
  long id();

  /** Returns the lock of the VMA tree. Rank MMAP. */
  SharedLock mmapLock();

  /** Returns whether the address space is being torn down; it stays so. */
  boolean isExiting();

  /** Returns the VMA that contains an address. Lock-free; stable under the mmap lock. */
  @Nullable Vma findVma(long address);

  /** Returns the first VMA that ends above an address. Lock-free; stable under the mmap lock. */
  @Nullable Vma nextVma(long address);

  /**
   * Arms or disarms part of a VMA: splits at the edges, sets the userfaultfd bits of the flags to
   * exactly {@code uffdFlags}, and merges with equal neighbours. A whole VMA that merges with
   * nothing is changed in place. Needs the mmap lock held for writing. The flags are stored without
   * ordering: who promises something about what is seen afterwards has a full fence behind the
   * call.
   *
   * @param vma a VMA of this address space
   * @param part a page-aligned, non-empty part of its range
   * @param watcher the userfaultfd, or null to disarm
   * @param uffdFlags bits of {@link VmaFlag#UFFD_BITS}; 0 to disarm
   * @return the VMA that now covers the part
   */
  Vma arm(Vma vma, AddressRange part, @Nullable UserfaultWatcher watcher, long uffdFlags);

  /** Returns what the page tables have at an address now. Lock-free. */
  EntryState entry(long address);

  /**
   * Maps one page of a locked, referenced folio at an address whose entry is empty, and takes the
   * translation's own reference. Needs the mmap lock, held at least for reading. Stores are
   * permitted if the VMA permits them; the entry is dirty if it is writable.
   *
   * @return false if the entry is not empty
   */
  boolean install(Vma vma, long address, Folio folio);

  /**
   * Replaces the table at an address by nothing, or by a huge entry, if the page cache has a huge
   * page for it ({@code collapse_pte_mapped_thp}). Needs the mmap lock, held at least for reading.
   *
   * @param address aligned to the huge-page size
   * @param install whether to install the huge entry
   * @return SUCCEED, PMD_MAPPED if it was huge before, or why not
   */
  ScanResult mapHuge(long address, boolean install);

  /**
   * Copies from this address space, faulting pages in. No lock is held.
   *
   * @throws org.mm4j.MemoryException EFAULT, EINTR as {@link org.mm4j.AddressSpace#read}
   */
  void read(long address, MemorySegment to);

  /**
   * Returns what removes translations from the page tables, for reverse maps.
   *
   * @throws UnsupportedOperationException if this address space has none
   */
  default Translations translations() {
    if (this instanceof Translations translations) {
      return translations;
    }
    throw new UnsupportedOperationException("an address space without translations: " + this);
  }

  /** What the page tables have at an address. */
  enum EntryState {
    /** Nothing: an access faults. */
    NONE,
    /** A page that may be read. */
    READ_ONLY,
    /** A page that may be read and written. */
    WRITABLE,
    /** A huge page. */
    HUGE
  }
}
