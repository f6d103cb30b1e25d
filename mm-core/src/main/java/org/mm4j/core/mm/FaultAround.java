/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import org.mm4j.Pages;
import org.mm4j.core.pagetable.Entry;
import org.mm4j.core.pagetable.PageTables;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;

/**
 * Which pages of a large folio a fault maps when it cannot map it by a huge entry. Beyond the end
 * of the file this decides where a later access faults, so it is as in Linux 6.18:
 *
 * <ul>
 *   <li>A store maps all pages if nobody watches the VMA and none of them is mapped yet, else its
 *       own page ({@code finish_fault}).
 *   <li>A load maps all pages that are not mapped yet ({@code filemap_map_pages}).
 *   <li>Both map all of them only if the VMA and one table have room for the folio. If not, a load
 *       maps those of the 64 KiB around it that lie within the file.
 * </ul>
 *
 * <p>Other folios around are not mapped, unlike in Linux. The mmap lock is held, and the folio's.
 */
final class FaultAround {
  private static final int AROUND_PAGES = 16;

  private final PageTables tables;
  private final FolioMapping folios;
  private final long tableBytes;

  FaultAround(PageTables tables, FolioMapping folios, int hugeOrder) {
    this.tables = tables;
    this.folios = folios;
    this.tableBytes = (long) Pages.SIZE_BYTES << hugeOrder;
  }

  /**
   * Maps the page at an address, and others.
   *
   * @param folio has the page, and is up to date
   * @param endIndex the end of the file, in pages
   * @return false if the page was mapped already
   */
  boolean map(Vma vma, long address, Folio folio, boolean store, long endIndex) {
    if (folio.order() == 0) {
      return folios.mapPage(vma, address, folio, store);
    }
    long base = address - ((vma.indexOf(address) - folio.index()) << Pages.SHIFT);
    long end = base + ((long) folio.pageCount() << Pages.SHIFT);
    boolean whole = fits(vma, base, end) && (!store || (!isWatched(vma) && isEmpty(base, end)));
    if (!whole && store) {
      return folios.mapPage(vma, address, folio, true);
    }
    if (!whole) {
      base = Math.max(base, firstAround(vma, address));
      end = Math.min(end, endAround(vma, address, endIndex));
    }
    return mapAll(vma, base, end, address, folio, store);
  }

  private static boolean isWatched(Vma vma) {
    return (vma.flags() & VmaFlag.UFFD_BITS) != 0;
  }

  private boolean fits(Vma vma, long base, long end) {
    return base >= vma.range().start()
        && end <= vma.range().end()
        && base / tableBytes == (end - 1) / tableBytes;
  }

  /** The aligned 64 KiB around an address, cut to the table and the VMA. */
  private long firstAround(Vma vma, long address) {
    long around = Math.min((long) AROUND_PAGES << Pages.SHIFT, tableBytes);
    return Math.max(address & -around, vma.range().start());
  }

  private long endAround(Vma vma, long address, long endIndex) {
    long first = firstAround(vma, address);
    long endOfTable = (address & -tableBytes) + tableBytes;
    long endInFile = address + ((endIndex - vma.indexOf(address)) << Pages.SHIFT);
    long end = Math.min(first + ((long) AROUND_PAGES << Pages.SHIFT), endOfTable);
    return Math.min(Math.min(end, vma.range().end()), endInFile);
  }

  private boolean isEmpty(long start, long end) {
    for (long page = start; page < end; page += Pages.SIZE_BYTES) {
      if (tables.walk(page) != Entry.NONE) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether the page at an address was not mapped before. */
  private boolean mapAll(Vma vma, long start, long end, long address, Folio folio, boolean store) {
    boolean mapped = false;
    for (long page = start; page < end; page += Pages.SIZE_BYTES) {
      mapped |= folios.mapPage(vma, page, folio, store) && page == address;
    }
    return mapped;
  }
}
