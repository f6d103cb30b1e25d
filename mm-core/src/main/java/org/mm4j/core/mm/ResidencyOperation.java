/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.util.BitSet;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.core.pagetable.Entry;
import org.mm4j.core.vma.MappedVma;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;

/**
 * {@code mincore}: a page is resident if it has a translation, or if the page cache has it and it
 * is up to date.
 */
final class ResidencyOperation {
  private static final String CALL = "mincore";

  private final ProcessMemory mm;

  ResidencyOperation(ProcessMemory mm) {
    this.mm = mm;
  }

  BitSet run(AddressRange range) {
    RangeChecks.requireAligned(CALL, range.start());
    long length = Pages.alignUp(range.lengthBytes());
    if ((length == 0 && !range.isEmpty()) || !RangeChecks.contain(range.start(), length)) {
      throw RangeChecks.unmapped(CALL, range.start());
    }
    long pages = length >>> Pages.SHIFT;
    if (pages > Integer.MAX_VALUE) {
      throw new MemoryException(
          Errno.ENOMEM, CALL, range.lengthBytes(), "no memory for the answer");
    }
    BitSet resident = new BitSet();
    mm.mmapLock().lockShared();
    try {
      for (int page = 0; page < pages; page++) {
        long address = range.start() + ((long) page << Pages.SHIFT);
        MappedVma vma = mm.layout().tree().find(address);
        if (vma == null) {
          throw RangeChecks.unmapped(CALL, address);
        }
        resident.set(page, isResident(vma, address));
      }
    } finally {
      mm.mmapLock().unlockShared();
    }
    return resident;
  }

  private boolean isResident(MappedVma vma, long address) {
    if (Entry.isPresent(mm.tables().walk(address))) {
      return true;
    }
    Mapping mapping = vma.mapping();
    if (mapping == null
        || !(mapping.pageCache().lookup(vma.indexOf(address)) instanceof Folio folio)) {
      return false;
    }
    boolean upToDate = folio.isUpToDate();
    folio.put(1);
    return upToDate;
  }
}
