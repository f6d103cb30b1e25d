/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import org.mm4j.PageRange;
import org.mm4j.Pages;

/** Frees the whole pages of a range and zeroes the rest ({@code FALLOC_FL_PUNCH_HOLE}). */
final class HolePunch {
  private HolePunch() {}

  /**
   * Punches a hole; takes the inode lock.
   *
   * @param call the call it is made for, for messages
   */
  static void punch(ShmemInode inode, String call, long offsetBytes, long lengthBytes) {
    FileRange range = FileRange.of(call, offsetBytes, lengthBytes);
    inode.inodeLock().lock();
    try {
      inode.sealing().checkWrite(call, offsetBytes);
      PageRange whole = range.wholePages();
      inode.invalidateLock().lock();
      try {
        if (whole.pageCount() > 0) {
          inode.reverseMap().unmapRange(whole);
        }
        zeroEdges(inode, range);
        PageRemoval.remove(inode, whole);
      } finally {
        inode.invalidateLock().unlock();
      }
    } finally {
      inode.inodeLock().unlock();
    }
  }

  private static void zeroEdges(ShmemInode inode, FileRange range) {
    long firstPage = range.start() >>> Pages.SHIFT;
    long lastPage = range.end() >>> Pages.SHIFT;
    int from = (int) (range.start() & Pages.OFFSET_MASK);
    int to = (int) (range.end() & Pages.OFFSET_MASK);
    if (firstPage == lastPage) {
      inode.pages().zero(firstPage, from, to);
      return;
    }
    if (from != 0) {
      inode.pages().zero(firstPage, from, Pages.SIZE_BYTES);
    }
    if (to != 0) {
      inode.pages().zero(lastPage, 0, to);
    }
  }
}
