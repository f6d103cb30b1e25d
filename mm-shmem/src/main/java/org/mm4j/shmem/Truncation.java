/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
import org.mm4j.Pages;
import org.mm4j.Seal;

/** Sets the size of a file ({@code ftruncate}). */
final class Truncation {
  private Truncation() {}

  /** Sets the size; takes the inode lock. */
  static void truncate(ShmemInode inode, long newSize) {
    if (newSize < 0) {
      throw new MemoryException(Errno.EINVAL, "ftruncate", newSize, "the size is negative");
    }
    inode.inodeLock().lock();
    try {
      long oldSize = inode.sizeBytes();
      inode.sealing().check(newSize < oldSize, Seal.SHRINK, "ftruncate", newSize);
      inode.sealing().check(newSize > oldSize, Seal.GROW, "ftruncate", newSize);
      if (newSize < oldSize) {
        shrink(inode, newSize);
      } else {
        inode.setSizeBytes(newSize);
      }
    } finally {
      inode.inodeLock().unlock();
    }
  }

  /**
   * The new size comes first, so that whoever adds a page afterwards sees that it is beyond the
   * end. Unmapped twice, as in Linux: before, so that the pages go with one flush, and after,
   * because a huge page that could not be cut is mapped until then.
   */
  private static void shrink(ShmemInode inode, long newSize) {
    inode.invalidateLock().lock();
    try {
      inode.setSizeBytes(newSize);
      PageRange beyond = PageRange.between(inode.endIndex(), PageRange.INDEX_COUNT);
      inode.reverseMap().unmapRange(beyond);
      zeroRestOfLastPage(inode, newSize);
      PageRemoval.remove(inode, beyond);
      inode.reverseMap().unmapRange(beyond);
    } finally {
      inode.invalidateLock().unlock();
    }
  }

  private static void zeroRestOfLastPage(ShmemInode inode, long newSize) {
    int used = (int) (newSize & Pages.OFFSET_MASK);
    if (used != 0) {
      inode.pages().zero(newSize >>> Pages.SHIFT, used, Pages.SIZE_BYTES);
    }
  }
}
