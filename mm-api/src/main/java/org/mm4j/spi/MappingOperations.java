/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.jspecify.annotations.Nullable;
import org.mm4j.CollapseTrigger;
import org.mm4j.Errno;
import org.mm4j.MemoryException;

/**
 * What differs between kinds of files. khugepaged, userfaultfd and the fault handlers ask here and
 * never for the kind.
 */
public interface MappingOperations {
  /** Returns the page index after the last page of the file: its size, rounded up to pages. */
  long endIndex();

  /**
   * Brings in the page at an index that has an entry: reads it from swap, zeroes it if it was
   * fallocated and never touched. Not undone when a collapse rolls back. Takes folio and page-cache
   * locks.
   *
   * @return the folio, or {@link BringIn.Absent}; HOLE for an empty slot, which stays empty
   */
  BringIn bringIn(long index);

  /**
   * Brings in the page at an index, making a zeroed one in a hole: an ordinary fault. Takes folio
   * and page-cache locks.
   *
   * @param account the address space to charge, or null for none
   */
  BringIn create(long index, @Nullable MemoryDescriptor account);

  /**
   * Fills a hole with content: UFFDIO_COPY and ZEROPAGE. The page is complete before anybody can
   * see it. Takes folio and page-cache locks.
   *
   * @param account the address space to charge
   * @param filler the content
   */
  FillResult fill(long index, MemoryDescriptor account, PageFiller filler);

  /**
   * Charges pages against the file's limit. Atomic counters only: callable under any lock.
   *
   * @return false if the limit is reached; nothing changed
   */
  boolean charge(long pages);

  /** Gives a charge back. Callable under any lock. */
  void uncharge(long pages);

  /** Gives up private data of a locked folio; false if it must be kept. */
  boolean releasePrivate(Folio folio);

  /** Returns whether a collapse may fill holes; read-only files of a disk file system cannot. */
  boolean fillsHoles();

  /** Returns whether the kind and its settings permit huge pages in a VMA. */
  boolean permitsHuge(Vma vma, CollapseTrigger trigger);

  /**
   * Takes pages out of the file ({@code MADV_REMOVE}): what {@code punchHole} of the file does,
   * also after the last handle of the file was closed. No lock is held.
   *
   * @param offsetBytes where it begins, page aligned
   * @param lengthBytes how much, a multiple of the page size, not 0
   * @throws org.mm4j.MemoryException EPERM if a seal forbids it; EOPNOTSUPP if files of this kind
   *     cannot have holes
   */
  default void punchHole(long offsetBytes, long lengthBytes) {
    throw new MemoryException(
        Errno.EOPNOTSUPP, "madvise", offsetBytes, "files of this kind cannot have holes");
  }

  /**
   * A VMA that maps the file has come to be, also by a split or a fork. mmap lock held for writing.
   */
  void vmaOpened(Vma vma);

  /**
   * A VMA that maps the file is gone. mmap lock held for writing. The last one may free the file.
   */
  void vmaClosed(Vma vma);
}
