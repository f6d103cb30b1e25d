/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import org.mm4j.core.frame.CoreFolio;
import org.mm4j.core.pagetable.Entry;
import org.mm4j.core.pagetable.PageTables;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;

/**
 * Makes translations to folios: each holds one reference and one map count. The mmap lock is held,
 * and the folio's, whose place in the file is thereby stable.
 */
final class FolioMapping {
  private final PageTables tables;
  private final int hugeOrder;
  private final long hugeBytes;

  FolioMapping(PageTables tables, int hugeOrder) {
    this.tables = tables;
    this.hugeOrder = hugeOrder;
    this.hugeBytes = 4096L << hugeOrder;
  }

  /**
   * Maps the page at an address.
   *
   * @param dirty whether it is dirty from the start, if it is writable
   * @return false if the entry is not empty
   */
  boolean mapPage(Vma vma, long address, Folio folio, boolean dirty) {
    long frame = folio.frame() + (vma.indexOf(address) - folio.index());
    long permissions = Entry.permissionsOf(vma);
    long dirtyBit = dirty && Entry.isWritable(permissions) ? Entry.DIRTY : 0;
    CoreFolio target = own(folio);
    hold(target);
    if (tables.mapPage(address, Entry.of(frame, Entry.PRESENT | permissions | dirtyBit))) {
      return true;
    }
    letGo(target);
    return false;
  }

  /**
   * Maps a huge folio by a huge entry, if the VMA and the tables have room for it.
   *
   * @param address any address within it
   * @return false if not
   */
  boolean mapHuge(Vma vma, long address, Folio folio) {
    long base = address & -hugeBytes;
    if (folio.order() != hugeOrder
        || vma.has(VmaFlag.UFFD_WP)
        || vma.has(VmaFlag.NOHUGEPAGE)
        || !coversHuge(vma, base)
        || vma.indexOf(base) != folio.index()) {
      return false;
    }
    CoreFolio target = own(folio);
    hold(target);
    long flags = Entry.PRESENT | Entry.permissionsOf(vma);
    if (tables.mapHuge(base, Entry.of(folio.frame(), flags))) {
      return true;
    }
    letGo(target);
    return false;
  }

  /** Returns whether a VMA covers the whole huge page at an aligned address. */
  boolean coversHuge(Vma vma, long base) {
    long start = vma.range().start();
    return base >= start && base + hugeBytes <= start + vma.range().lengthBytes();
  }

  private static CoreFolio own(Folio folio) {
    if (folio instanceof CoreFolio own) {
      return own;
    }
    throw new IllegalArgumentException("not a folio of this kernel: " + folio);
  }

  private static void hold(CoreFolio folio) {
    folio.get(1);
    folio.addMapping();
  }

  private static void letGo(CoreFolio folio) {
    folio.removeMapping();
    folio.put(1);
  }
}
