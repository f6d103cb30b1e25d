/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
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
      if (newSize > oldSize) {
        inode.setSizeBytes(newSize);
      } else {
        shrink(inode, newSize);
      }
    } finally {
      inode.inodeLock().unlock();
    }
  }

  /**
   * The new size comes first, so that whoever adds a page afterwards sees that it is beyond the
   * end. Unmapped twice, as in Linux: before, so that the pages go with one flush, and after,
   * because a huge page that could not be cut is mapped until then.
   *
   * <p>The size that it has already does the same: a huge page may go beyond the end, and a mapping
   * may have stored to the rest of the last page.
   */
  private static void shrink(ShmemInode inode, long newSize) {
    inode.invalidateLock().lock();
    try {
      long oldEnd = inode.endIndex();
      inode.setSizeBytes(newSize);
      PageRange beyond = PageRange.between(inode.endIndex(), PageRange.INDEX_COUNT);
      boolean fewerPages = inode.endIndex() < oldEnd;
      if (fewerPages) {
        inode.reverseMap().unmapRange(beyond);
      }
      PageRemoval.remove(inode, FileRange.from(newSize));
      if (fewerPages) {
        inode.reverseMap().unmapRange(beyond);
      }
    } finally {
      inode.invalidateLock().unlock();
    }
  }
}
