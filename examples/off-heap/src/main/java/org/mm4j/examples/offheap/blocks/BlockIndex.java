/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.PageRange;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MemoryAudit.SlotBook;
import org.mm4j.spi.MemoryAudit.SlotKind;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.Placeholder;
import org.mm4j.spi.SwapEntry;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.Counter;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.RefField;
import org.mm4j.sync.Slots;
import org.mm4j.sync.Sync;
import org.mm4j.sync.WordField;

/**
 * The pages of a store in two flat levels: a directory of blocks, each the size of a huge page, and
 * per block nothing, one huge page, or a table of its small pages.
 *
 * <pre>{@code
 * directory   [ null | huge page | table | ... ]
 *                                    |
 *                                  [ page | hole | placeholder | page | ... ]
 * }</pre>
 *
 * <p>So a block becomes huge, or small again, by one store into the directory, and lock-free
 * readers see all of it before or all of it after. A table that has left the directory is never
 * written again: a reader that is still in it sees what was there when it left, or meets a
 * placeholder and starts over at the directory.
 *
 * <p>Thread-safe. Writers hold the lock of rank PAGE_CACHE, through a {@link BlockCursor}.
 */
@SuppressWarnings("ReferenceEquality") // the question is always whether it is this very folio
final class BlockIndex implements PageCache {
  /** The most blocks a store may have. */
  static final int MOST_BLOCKS = 1 << 20;

  private static final int FIRST_BLOCKS = 8;
  private static final RefField<Object[]> DIRECTORY =
      RefField.of(MethodHandles.lookup(), BlockIndex.class, "directory", Object[].class);
  private static final WordField LOCK_WORD =
      WordField.of(MethodHandles.lookup(), BlockIndex.class, "lockWord");
  private static final BitLock LOCK = new BitLock(LOCK_WORD, 1, 2, LockRank.PAGE_CACHE);

  private final int blockShift;
  private final Counter present = new Counter();

  /** Replaced by a longer one when the store grows, under the lock. */
  @SuppressWarnings("unused") // accessed through DIRECTORY
  private Object[] directory = new Object[FIRST_BLOCKS];

  @SuppressWarnings("unused") // accessed through LOCK_WORD
  private long lockWord;

  /**
   * Creates an index of nothing.
   *
   * @param blockShift the binary logarithm of the pages in a block, which is the huge order
   */
  BlockIndex(int blockShift) {
    this.blockShift = blockShift;
  }

  // ---------------------------------------------------------------- readers, no lock

  @Override
  public @Nullable PageCacheEntry lookup(long index) {
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      PageCacheEntry met = glance(index);
      if (met instanceof Folio folio) {
        if (!folio.tryGet()) {
          continue; // on its way out
        }
        if (glance(index) == folio) {
          return folio;
        }
        folio.put(1); // it left between the two looks
      } else if (!(met instanceof Placeholder)) {
        return met;
      }
    }
  }

  @Override
  public @Nullable PageCacheEntry glance(long index) {
    Object block = block(index >>> blockShift);
    return (PageCacheEntry)
        (block instanceof Object[] table ? Slots.get(table, slotOf(index)) : block);
  }

  /** Returns what the directory has: nothing, a huge folio, or a table. */
  @Nullable Object block(long block) {
    Object[] now = directory();
    return block < now.length ? Slots.get(now, (int) block) : null;
  }

  private Object[] directory() {
    Object[] now = DIRECTORY.get(this);
    if (now == null) {
      throw new IllegalStateException("there is always a directory");
    }
    return now;
  }

  private int slotOf(long index) {
    return (int) index & (pagesPerBlock() - 1);
  }

  @Override
  public void scan(PageRange range, EntryVisitor visitor) {
    long end = Math.min(range.endIndex(), (long) directory().length << blockShift);
    long index = range.firstIndex();
    while (index < end) {
      if (block(index >>> blockShift) == null) {
        index = ((index >>> blockShift) + 1) << blockShift;
        continue;
      }
      PageCacheEntry entry = lookup(index);
      long next = index + 1;
      if (entry instanceof Folio folio) {
        next = (index | (folio.pageCount() - 1)) + 1; // a large one is seen once
        try {
          if (!visitor.visit(index, folio)) {
            return;
          }
        } finally {
          folio.put(1);
        }
      } else if (entry != null && !visitor.visit(index, entry)) {
        return;
      }
      index = next;
    }
  }

  @Override
  public long presentPages() {
    return present.get();
  }

  // ---------------------------------------------------------------- writers, under the lock

  @Override
  public PageCacheCursor cursor(PageRange range) {
    return new BlockCursor(this, range);
  }

  void lock() {
    LOCK.lock(this);
  }

  void unlock() {
    LOCK.unlock(this);
  }

  int blockShift() {
    return blockShift;
  }

  int pagesPerBlock() {
    return 1 << blockShift;
  }

  void adjustPresent(long delta) {
    present.add(delta);
  }

  /** Makes a block one huge folio, a table, or nothing, in one step for readers. */
  void setBlock(long block, @Nullable Object content) {
    growTo(block);
    Slots.set(directory(), (int) block, content);
  }

  private void growTo(long block) {
    Object[] now = directory();
    if (block < now.length) {
      return;
    }
    if (block >= MOST_BLOCKS) {
      throw new IllegalArgumentException("no such block: " + block);
    }
    Object[] longer = new Object[Math.max((int) block + 1, Math.min(2 * now.length, MOST_BLOCKS))];
    for (int at = 0; at < now.length; at++) {
      Slots.set(longer, at, Slots.get(now, at));
    }
    DIRECTORY.set(this, longer);
  }

  /** Returns the table of a block, made if there is none; a huge folio becomes its entries. */
  Object[] tableOf(long block) {
    Object now = block(block);
    if (now instanceof Object[] table) {
      return table;
    }
    Object[] table = new Object[pagesPerBlock()];
    Arrays.fill(table, now);
    setBlock(block, table);
    return table;
  }

  /** Puts something into one slot. */
  void setSlot(long index, @Nullable PageCacheEntry entry) {
    Slots.set(tableOf(index >>> blockShift), slotOf(index), entry);
  }

  /** Frees the table of a block if nothing is in it. */
  void freeEmptyTable(long block) {
    if (block(block) instanceof Object[] table && isEmpty(table)) {
      setBlock(block, null);
    }
  }

  private static boolean isEmpty(Object[] table) {
    for (int slot = 0; slot < table.length; slot++) {
      if (Slots.get(table, slot) != null) {
        return false;
      }
    }
    return true;
  }

  // ---------------------------------------------------------------- books

  /** Returns every slot that is not empty. Consistent only while nothing runs. */
  List<SlotBook> books() {
    List<SlotBook> books = new ArrayList<>();
    lock();
    try {
      long end = (long) directory().length << blockShift;
      for (long index = 0; index < end; index++) {
        PageCacheEntry entry = glance(index);
        if (entry != null) {
          books.add(book(index, entry));
        }
      }
    } finally {
      unlock();
    }
    return books;
  }

  private static SlotBook book(long index, PageCacheEntry entry) {
    return switch (entry) {
      case Folio folio -> new SlotBook(index, folio.frame(), SlotKind.FOLIO);
      case SwapEntry swapped -> new SlotBook(index, -1, SlotKind.SWAP);
      case Placeholder placeholder -> new SlotBook(index, -1, SlotKind.PLACEHOLDER);
    };
  }
}
