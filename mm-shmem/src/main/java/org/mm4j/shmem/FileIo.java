/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.SwapEntry;
import org.mm4j.sync.Sync;

/** Moves bytes between a file and a segment, a page at a time ({@code pread}, {@code pwrite}). */
final class FileIo {
  /** The most that one call moves, as in Linux. */
  private static final long GREATEST_BYTES = Integer.MAX_VALUE & ~Pages.OFFSET_MASK;

  private static final int UNREADABLE = -1;

  private FileIo() {}

  private static long checkedLength(String call, long offsetBytes, MemorySegment segment) {
    if (offsetBytes < 0) {
      throw new MemoryException(Errno.EINVAL, call, offsetBytes, "the offset is negative");
    }
    long lengthBytes = segment.byteSize();
    if (lengthBytes > Long.MAX_VALUE - offsetBytes) {
      throw new MemoryException(
          Errno.EINVAL, call, offsetBytes, "the range ends beyond the greatest size");
    }
    return Math.min(lengthBytes, GREATEST_BYTES);
  }

  private static int bytesInPage(long position, long left) {
    return (int) Math.min(Pages.SIZE_BYTES - (position & Pages.OFFSET_MASK), left);
  }

  // ------------------------------------------------------------ read

  /** Reads; takes no lock. */
  static int read(ShmemInode inode, long offsetBytes, MemorySegment to) {
    long lengthBytes = checkedLength("pread", offsetBytes, to);
    long done = 0;
    while (done < lengthBytes) {
      long position = offsetBytes + done;
      long left = Math.min(lengthBytes - done, inode.sizeBytes() - position);
      if (left <= 0) {
        break;
      }
      int count = bytesInPage(position, left);
      int read = readPage(inode, position, to.asSlice(done, count));
      if (read == UNREADABLE) {
        if (done > 0) {
          break; // what was read counts
        }
        throw new MemoryException(Errno.EIO, "pread", position, reason(Errno.EIO));
      }
      done += read;
      if (read < count) {
        break; // the file became shorter
      }
    }
    return (int) done;
  }

  /** Reads from one page; returns the number of bytes, or UNREADABLE. */
  private static int readPage(ShmemInode inode, long position, MemorySegment to) {
    long index = position >>> Pages.SHIFT;
    switch (inode.pageCache().lookup(index)) {
      case null -> {
        // A truncation sets the size first: whoever misses a page because of it sees the new end.
        long left = Math.clamp(inode.sizeBytes() - position, 0, to.byteSize());
        to.asSlice(0, left).fill((byte) 0);
        return (int) left;
      }
      case Folio folio -> {
        try {
          if (folio.isPoisoned()) {
            return UNREADABLE;
          }
          copyOut(folio, index, position & Pages.OFFSET_MASK, to);
        } finally {
          folio.put(1);
        }
      }
      case PageCacheEntry swapped -> {
        return UNREADABLE;
      }
    }
    return (int) to.byteSize();
  }

  /**
   * A folio that was taken out of the file since we found it still has the content of that moment.
   */
  private static void copyOut(Folio folio, long index, long inPage, MemorySegment to) {
    if (!folio.isUpToDate()) {
      to.fill((byte) 0);
      return;
    }
    int page = InodePages.pageOf(folio, index);
    Sync.content(Sync.ContentAccess.READ, folio.frame() + page);
    MemorySegment.copy(folio.data(page), inPage, to, 0, to.byteSize());
  }

  // ------------------------------------------------------------ write

  /** Writes; takes the inode lock. */
  static int write(ShmemInode inode, long offsetBytes, MemorySegment from) {
    long lengthBytes = checkedLength("pwrite", offsetBytes, from);
    if (lengthBytes == 0) {
      return 0;
    }
    inode.inodeLock().lock();
    try {
      long done = 0;
      while (done < lengthBytes) {
        long position = offsetBytes + done;
        int count = bytesInPage(position, lengthBytes - done);
        Errno errno = writePage(inode, position, from, done, count);
        if (errno != null) {
          if (done > 0) {
            break; // what was written counts
          }
          throw new MemoryException(errno, "pwrite", position, reason(errno));
        }
        done += count;
      }
      return (int) done;
    } finally {
      inode.inodeLock().unlock();
    }
  }

  private static String reason(Errno errno) {
    return switch (errno) {
      case EPERM -> "a seal forbids it";
      case ENOSPC -> "a limit is reached";
      case ENOMEM -> "there is no memory";
      default -> "the page cannot be read";
    };
  }

  private static @Nullable Errno writePage(
      ShmemInode inode, long position, MemorySegment from, long fromOffset, int count) {
    long end = position + count;
    if (inode.sealing().forbidsWrite()
        || (end > inode.sizeBytes() && inode.sealing().forbidsGrowth())) {
      return Errno.EPERM;
    }
    long index = position >>> Pages.SHIFT;
    int inPage = (int) (position & Pages.OFFSET_MASK);
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      PageCacheEntry entry = inode.pages().lockAt(index);
      if (entry instanceof SwapEntry) {
        return Errno.EIO;
      }
      if (entry instanceof Folio folio) {
        return overwrite(inode, folio, position, from, fromOffset, count) ? null : Errno.EIO;
      }
      PageContent content = PageContent.of(from, fromOffset, inPage, count);
      switch (inode.pages().supply(index, null, content)) {
        case PageSupply.Supplied supplied -> {
          growTo(inode, end);
          InodePages.release(supplied.folio());
          return null;
        }
        case PageSupply.Refusal.NO_SPACE -> {
          return Errno.ENOSPC;
        }
        case PageSupply.Refusal.NO_MEMORY -> {
          return Errno.ENOMEM;
        }
        case PageSupply.Refusal.EXISTS -> {} // look again
      }
    }
  }

  /** Overwrites part of a locked page, which is released; false if its content is lost. */
  private static boolean overwrite(
      ShmemInode inode,
      Folio folio,
      long position,
      MemorySegment from,
      long fromOffset,
      int count) {
    try {
      if (!InodePages.bringUpToDate(folio)) {
        return false;
      }
      MemorySegment page = InodePages.writable(folio, position >>> Pages.SHIFT);
      MemorySegment.copy(from, fromOffset, page, position & Pages.OFFSET_MASK, count);
      growTo(inode, position + count);
      return true;
    } finally {
      InodePages.release(folio);
    }
  }

  private static void growTo(ShmemInode inode, long end) {
    if (end > inode.sizeBytes()) {
      inode.setSizeBytes(end);
    }
  }
}
