/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.util.OptionalLong;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.UserAddresses;
import org.mm4j.core.vma.MappedVma;
import org.mm4j.core.vma.VmaTree;

/**
 * Where a mapping goes that is not at a fixed address: at the hint if that is free, else in the
 * highest gap. A file mapping of at least one huge page is placed so that its huge pages are
 * aligned, as Linux does for memory files ({@code thp_get_unmapped_area}); if there is no room for
 * that, anywhere.
 */
final class Placement {
  /** Below here mappings without a hint are placed ({@code mmap_base}): the stack has 128 MiB. */
  static final long MAP_TOP = UserAddresses.END - (128L << 20);

  private final VmaTree tree;
  private final long hugeBytes;

  Placement(VmaTree tree, long hugeBytes) {
    this.tree = tree;
    this.hugeBytes = hugeBytes;
  }

  /**
   * Finds an address.
   *
   * @param hint 0 for anywhere
   * @param length a multiple of the page size, not 0
   * @param fileOffset the offset of the file at the address
   * @throws MemoryException ENOMEM if there is no gap
   */
  long find(String call, long hint, long length, long fileOffset) {
    long lowered = Math.max(Pages.alignDown(hint), UserAddresses.LOWEST);
    if (hint != 0 && RangeChecks.contain(hint, length) && isFree(lowered, length)) {
      return lowered;
    }
    OptionalLong found = aligned(length, fileOffset);
    if (found.isEmpty()) {
      found = gap(length);
    }
    return found.orElseThrow(
        () -> new MemoryException(Errno.ENOMEM, call, length, "no gap is large enough"));
  }

  /** Returns whether nothing is mapped in a range of user addresses. */
  boolean isFree(long start, long length) {
    if (!RangeChecks.contain(start, length)) {
      return false;
    }
    MappedVma next = tree.next(start);
    return next == null || !next.range().overlaps(new AddressRange(start, length));
  }

  private OptionalLong aligned(long length, long fileOffset) {
    long within = fileOffset & (hugeBytes - 1);
    boolean worthIt = length >= hugeBytes && (within == 0 || within + length >= 2 * hugeBytes);
    if (!worthIt || length > UserAddresses.END) {
      return OptionalLong.empty();
    }
    OptionalLong gap = gap(length + hugeBytes - Pages.SIZE_BYTES);
    if (gap.isEmpty()) {
      return gap;
    }
    // The last address in the gap that lies as far into a huge page as the offset does.
    long last = gap.getAsLong() + hugeBytes - Pages.SIZE_BYTES;
    return OptionalLong.of(last - ((last - within) & (hugeBytes - 1)));
  }

  private OptionalLong gap(long length) {
    return length > UserAddresses.END
        ? OptionalLong.empty()
        : tree.findGap(length, Pages.SIZE_BYTES, UserAddresses.LOWEST, MAP_TOP);
  }
}
