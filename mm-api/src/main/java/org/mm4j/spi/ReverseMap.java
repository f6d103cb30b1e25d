/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import java.util.List;
import java.util.function.Predicate;
import org.mm4j.PageRange;

/** Who maps a file, by page index (Linux: {@code i_mmap}). Its lock has rank REVERSE_MAP. */
public interface ReverseMap {
  /** Acquires the lock for reading: no VMA comes, goes, or changes its range. */
  void lockShared();

  /** Releases the lock. */
  void unlockShared();

  /**
   * Visits the VMAs that map any index of a closed interval, as Linux has it: a VMA that begins
   * exactly at {@code lastIndexInclusive} is visited. The lock is held.
   *
   * @param visitor returns false to stop
   */
  void overlapping(long firstIndex, long lastIndexInclusive, Predicate<Vma> visitor);

  /**
   * Removes every translation to a locked folio ({@code try_to_unmap}). Takes the lock shared and
   * page-table locks itself. The processors may use the translations until the batch is flushed.
   */
  void unmap(Folio folio, TlbBatch batch);

  /**
   * Removes every translation to pages of a range and flushes before it returns. Takes the lock
   * shared and page-table locks itself.
   */
  void unmapRange(PageRange range);

  /**
   * Frees the page tables that map exactly one huge page from {@code startIndex} on, so that the
   * next fault maps it huge. The new folio is locked. Takes the lock shared and page-table locks
   * itself.
   */
  void retractPageTables(long startIndex);

  /** Adds a VMA. The mmap lock is held for writing; takes the reverse-map lock exclusively. */
  void insert(Vma vma);

  /** Removes a VMA. The mmap lock is held for writing; takes the reverse-map lock exclusively. */
  void remove(Vma vma);

  /**
   * Replaces VMAs by others, in one step for readers. The mmap lock is held for writing; takes the
   * reverse-map lock exclusively.
   */
  void replace(List<Vma> old, List<Vma> replacement);
}
