/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.util.Set;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.Protection;
import org.mm4j.core.pagetable.Entry;
import org.mm4j.core.tlb.CpuTlbBatch;
import org.mm4j.core.vma.MappedVma;

/**
 * {@code mprotect}. Entries are narrowed or widened in place; those of a range that permits nothing
 * are removed, and faulted in again from the file when it permits something.
 */
final class ProtectOperation {
  private static final String CALL = "mprotect";

  private final ProcessMemory mm;
  private final long protection;

  ProtectOperation(ProcessMemory mm, Set<Protection> protection) {
    this.mm = mm;
    this.protection = ProtectionBits.of(protection);
  }

  void run(AddressRange range) {
    AddressRange pages = RangeChecks.pages(CALL, range, Errno.ENOMEM);
    if (pages.isEmpty()) {
      return;
    }
    mm.lockOpen();
    try (CpuTlbBatch batch = mm.newBatch()) { // also flushed at a gap: what lies before is changed
      change(pages, batch);
    } finally {
      mm.mmapLock().unlock();
    }
  }

  private void change(AddressRange range, CpuTlbBatch batch) {
    long address = range.start();
    while (address != range.end()) {
      MappedVma vma = mm.layout().tree().find(address);
      if (vma == null) {
        throw RangeChecks.unmapped(CALL, address);
      }
      long flags = (vma.flags() & ~ProtectionBits.ALL) | protection;
      if (ProtectionBits.notPermitted(flags) != 0) {
        throw new MemoryException(Errno.EACCES, CALL, address, "the file does not permit it");
      }
      AddressRange part = vma.range().intersection(AddressRange.between(address, range.end()));
      if (flags != vma.flags()) {
        MappedVma changed = mm.change(vma, part, flags, vma.watcher());
        changeEntries(changed, part, batch);
      }
      address = part.end();
    }
  }

  private void changeEntries(MappedVma vma, AddressRange part, CpuTlbBatch batch) {
    if (protection == 0) {
      mm.zap(part, batch);
      return;
    }
    Removal removal = new Removal(mm.frames(), mm.processors(), batch);
    if (mm.tables().permit(part.start(), part.end(), Entry.permissionsOf(vma), removal)) {
      batch.touch(mm.processors());
    }
  }
}
