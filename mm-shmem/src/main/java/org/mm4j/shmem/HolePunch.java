/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import org.mm4j.PageRange;

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
        PageRemoval.remove(inode, range);
      } finally {
        inode.invalidateLock().unlock();
      }
    } finally {
      inode.inodeLock().unlock();
    }
  }
}
