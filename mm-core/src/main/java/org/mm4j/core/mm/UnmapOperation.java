/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.util.List;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.core.tlb.CpuTlbBatch;
import org.mm4j.core.vma.MappedVma;

/** {@code munmap}. */
final class UnmapOperation {
  private UnmapOperation() {}

  static void run(ProcessMemory mm, AddressRange range) {
    AddressRange pages = validate(range);
    mm.lockOpen();
    try {
      underLock(mm, pages);
    } finally {
      mm.mmapLock().unlock();
    }
  }

  private static AddressRange validate(AddressRange range) {
    RangeChecks.requireAligned("munmap", range.start());
    long length = Pages.alignUp(range.lengthBytes());
    if (length == 0 || !RangeChecks.contain(range.start(), length)) {
      throw new MemoryException(
          Errno.EINVAL, "munmap", range.lengthBytes(), "length is 0, or beyond the user addresses");
    }
    return new AddressRange(range.start(), length);
  }

  /**
   * Unmaps a range: translations first, then the flush, then tables and VMAs, so that the reverse
   * map finds a VMA as long as it has translations. The mmap lock is held for writing, so none come
   * back.
   *
   * @return the pieces that were unmapped
   */
  static List<MappedVma> underLock(ProcessMemory mm, AddressRange range) {
    CpuTlbBatch batch = mm.newBatch();
    mm.zap(range, batch);
    batch.flush();
    mm.tables().freeTables(range.start(), range.end());
    List<MappedVma> pieces = mm.layout().cutOut(range);
    pieces.forEach(mm::rememberWatcher);
    return pieces;
  }
}
