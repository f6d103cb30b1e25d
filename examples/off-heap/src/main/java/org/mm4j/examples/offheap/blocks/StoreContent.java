/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
import org.mm4j.Pages;
import org.mm4j.examples.offheap.blocks.StorePages.Added;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.sync.Sync;

/** Reads, writes, sizes and holes of a store: what its handle is asked for. */
final class StoreContent {
  private StoreContent() {}

  // ------------------------------------------------------------ bytes

  /** Reads without a lock; holes are zeros. */
  static int read(BlockStore store, long offset, MemorySegment to) {
    requireOffset("pread", offset);
    long length = Math.min(to.byteSize(), Math.max(0, store.sizeBytes() - offset));
    for (long done = 0; done < length; ) {
      long position = offset + done;
      long count = Math.min(Pages.SIZE_BYTES - (position & Pages.OFFSET_MASK), length - done);
      readPage(store, position, to.asSlice(done, count));
      done += count;
    }
    return (int) length;
  }

  private static void readPage(BlockStore store, long position, MemorySegment to) {
    long index = position >>> Pages.SHIFT;
    if (!(store.pageCache().lookup(index) instanceof Folio folio)) {
      to.fill((byte) 0);
      return;
    }
    try {
      if (folio.isPoisoned()) {
        throw new MemoryException(Errno.EIO, "pread", position, "the content is lost");
      }
      if (!folio.isUpToDate()) {
        to.fill((byte) 0);
        return;
      }
      int page = pageOf(folio, index);
      Sync.content(Sync.ContentAccess.READ, folio.frame() + page);
      MemorySegment.copy(folio.data(page), position & Pages.OFFSET_MASK, to, 0, to.byteSize());
    } finally {
      folio.put(1);
    }
  }

  /** Which page of a folio is at an index; folios are aligned. */
  private static int pageOf(Folio folio, long index) {
    return (int) (index & (folio.pageCount() - 1));
  }

  /** Writes, and grows the store if it has to. */
  static int write(BlockStore store, long offset, MemorySegment from) {
    requireOffset("pwrite", offset);
    requireSize(store, "pwrite", offset, from.byteSize());
    store.sizeLock().lock();
    try {
      for (long done = 0; done < from.byteSize(); ) {
        long position = offset + done;
        long count =
            Math.min(Pages.SIZE_BYTES - (position & Pages.OFFSET_MASK), from.byteSize() - done);
        writePage(store, position, from.asSlice(done, count));
        if (position + count > store.sizeBytes()) {
          store.setSizeBytes(position + count);
        }
        done += count;
      }
      return (int) from.byteSize();
    } finally {
      store.sizeLock().unlock();
    }
  }

  private static void writePage(BlockStore store, long position, MemorySegment from) {
    long index = position >>> Pages.SHIFT;
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      Folio folio = store.pages().lockAt(index);
      if (folio != null) {
        try {
          overwrite(folio, position, from);
        } finally {
          StorePages.release(folio);
        }
        return;
      }
      Added added = add(store, index, page -> zeroAndOverwrite(page, position, from), "pwrite");
      if (added instanceof Added.Page page) {
        StorePages.release(page.folio());
        return;
      }
    }
  }

  private static boolean zeroAndOverwrite(Folio page, long position, MemorySegment from) {
    page.clearPage(0);
    copyInto(page, 0, position, from);
    return true;
  }

  private static void overwrite(Folio folio, long position, MemorySegment from) {
    if (!StorePages.bringUpToDate(folio)) {
      throw new MemoryException(Errno.EIO, "pwrite", position, "the content is lost");
    }
    folio.markDirty();
    copyInto(folio, pageOf(folio, position >>> Pages.SHIFT), position, from);
  }

  private static void copyInto(Folio folio, int page, long position, MemorySegment from) {
    Sync.content(Sync.ContentAccess.WRITE, folio.frame() + page);
    MemorySegment.copy(from, 0, folio.data(page), position & Pages.OFFSET_MASK, from.byteSize());
  }

  private static Added add(BlockStore store, long index, Predicate<Folio> content, String call) {
    Added added = store.pages().add(index, null, content);
    return switch (added) {
      case Added.Refusal.NO_SPACE ->
          throw new MemoryException(Errno.ENOSPC, call, index, "the limit is reached");
      case Added.Refusal.NO_MEMORY ->
          throw new MemoryException(Errno.ENOMEM, call, index, "there is no memory");
      default -> added;
    };
  }

  /** Allocates pages without content. What was added before a refusal stays. */
  static void allocate(BlockStore store, long offset, long length) {
    requireRange("fallocate", offset, length);
    requireSize(store, "fallocate", offset, length);
    store.sizeLock().lock();
    try {
      long end = (offset + length + Pages.OFFSET_MASK) >>> Pages.SHIFT;
      for (long index = offset >>> Pages.SHIFT; index < end; index++) {
        if (add(store, index, page -> false, "fallocate") instanceof Added.Page page) {
          StorePages.release(page.folio());
        }
      }
      store.setSizeBytes(Math.max(store.sizeBytes(), offset + length));
    } finally {
      store.sizeLock().unlock();
    }
  }

  // ------------------------------------------------------------ holes and the end

  /** Frees whole pages and zeroes the rest. */
  static void punch(BlockStore store, String call, long offset, long length) {
    requireRange(call, offset, length);
    store.sizeLock().lock();
    store.invalidateLock().lock();
    try {
      long end = offset > Long.MAX_VALUE - length ? Long.MAX_VALUE : offset + length;
      long first = (offset + Pages.OFFSET_MASK) >>> Pages.SHIFT;
      long last = end >>> Pages.SHIFT;
      if (first < last) {
        PageRange whole = PageRange.between(first, last);
        store.reverseMap().unmapRange(whole);
        store.pages().removeAll(whole);
        zero(store, offset, Math.min(end, first << Pages.SHIFT));
        zero(store, last << Pages.SHIFT, end);
      } else {
        zero(store, offset, Math.min(end, first << Pages.SHIFT));
        zero(store, Math.max(offset, first << Pages.SHIFT), end);
      }
    } finally {
      store.invalidateLock().unlock();
      store.sizeLock().unlock();
    }
  }

  /** Zeroes bytes of one page; a hole and a page without content are zeros already. */
  private static void zero(BlockStore store, long from, long to) {
    if (from >= to) {
      return;
    }
    long index = from >>> Pages.SHIFT;
    Folio folio = store.pages().lockAt(index);
    if (folio != null) {
      try {
        if (folio.isUpToDate()) {
          folio.markDirty();
          int page = pageOf(folio, index);
          Sync.content(Sync.ContentAccess.WRITE, folio.frame() + page);
          folio.data(page).asSlice(from & Pages.OFFSET_MASK, to - from).fill((byte) 0);
        }
      } finally {
        StorePages.release(folio);
      }
    }
  }

  /** Sets the size. A smaller one is stored first, so that whoever adds a page sees it. */
  static void truncate(BlockStore store, long size) {
    if (size < 0) {
      throw new MemoryException(Errno.EINVAL, "ftruncate", size, "the size is negative");
    }
    requireSize(store, "ftruncate", 0, size);
    store.sizeLock().lock();
    try {
      if (size >= store.sizeBytes()) {
        store.setSizeBytes(size);
        return;
      }
      store.invalidateLock().lock();
      try {
        store.setSizeBytes(size);
        PageRange beyond = PageRange.between(store.endIndex(), PageRange.INDEX_COUNT);
        store.reverseMap().unmapRange(beyond);
        zero(store, size, (size + Pages.OFFSET_MASK) & ~Pages.OFFSET_MASK);
        store.pages().removeAll(beyond);
        store.reverseMap().unmapRange(beyond); // a huge page that could not be cut
      } finally {
        store.invalidateLock().unlock();
      }
    } finally {
      store.sizeLock().unlock();
    }
  }

  /** Returns the first data, or the first hole, at or after an offset. */
  static OptionalLong seek(BlockStore store, long offset, boolean wantsData) {
    store.sizeLock().lock();
    try {
      long size = store.sizeBytes();
      if (offset < 0 || offset >= size) {
        return OptionalLong.empty();
      }
      for (long index = offset >>> Pages.SHIFT; index < store.endIndex(); index++) {
        if (isData(store.pageCache().lookup(index)) == wantsData) {
          return OptionalLong.of(Math.max(offset, index << Pages.SHIFT));
        }
      }
      return wantsData ? OptionalLong.empty() : OptionalLong.of(size);
    } finally {
      store.sizeLock().unlock();
    }
  }

  private static boolean isData(@Nullable PageCacheEntry entry) {
    if (entry instanceof Folio folio) {
      boolean upToDate = folio.isUpToDate();
      folio.put(1);
      return upToDate;
    }
    return false;
  }

  // ------------------------------------------------------------ arguments

  private static void requireOffset(String call, long offset) {
    if (offset < 0) {
      throw new MemoryException(Errno.EINVAL, call, offset, "the offset is negative");
    }
  }

  private static void requireRange(String call, long offset, long length) {
    requireOffset(call, offset);
    if (length <= 0) {
      throw new MemoryException(Errno.EINVAL, call, length, "the length is not positive");
    }
  }

  private static void requireSize(BlockStore store, String call, long offset, long length) {
    if (offset > store.greatestBytes() - length) {
      throw new MemoryException(Errno.EFBIG, call, offset, "beyond the greatest size of a store");
    }
  }
}
