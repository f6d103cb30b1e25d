/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import org.jspecify.annotations.Nullable;
import org.mm4j.PageRange;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.Placeholder;

/**
 * A position in a {@link BlockIndex} that can hold its lock. It remembers nothing but that: every
 * access begins at the directory. For one thread.
 */
final class BlockCursor implements PageCacheCursor {
  private final BlockIndex index;
  private final PageRange range;
  private boolean locked;

  /** Placeholders that are there now; all of them are this cursor's, because it holds the lock. */
  private int placeholders;

  BlockCursor(BlockIndex index, PageRange range) {
    this.index = index;
    this.range = range;
  }

  @Override
  public void lock() {
    index.lock();
    locked = true;
  }

  /**
   * Releases the lock.
   *
   * @throws IllegalStateException if a placeholder is left, over which readers would wait for ever;
   *     the lock stays held
   */
  @Override
  public void unlock() {
    requireLocked();
    if (placeholders != 0) {
      throw new IllegalStateException(placeholders + " placeholders are left");
    }
    locked = false;
    index.unlock();
  }

  @Override
  public boolean isLocked() {
    return locked;
  }

  private void requireLocked() {
    if (!locked) {
      throw new IllegalStateException("the cursor does not hold the page-cache lock");
    }
  }

  @Override
  public boolean reserveNodes() {
    requireLocked();
    if (range.endIndex() > (long) BlockIndex.MOST_BLOCKS << index.blockShift()) {
      return false;
    }
    for (long block = firstBlock(); block < endBlock(); block++) {
      if (index.block(block) == null) {
        index.tableOf(block);
      }
    }
    return true;
  }

  @Override
  public void releaseNodes() {
    requireLocked();
    for (long block = firstBlock(); block < endBlock(); block++) {
      index.freeEmptyTable(block);
    }
  }

  private long firstBlock() {
    return range.firstIndex() >>> index.blockShift();
  }

  private long endBlock() {
    return (range.endIndex() + index.pagesPerBlock() - 1) >>> index.blockShift();
  }

  @Override
  public @Nullable PageCacheEntry load(long at) {
    requireLocked();
    return index.glance(at);
  }

  @Override
  public boolean anyEntry(long firstIndex, long lastIndexInclusive) {
    requireLocked();
    for (long at = firstIndex; at <= lastIndexInclusive; at++) {
      if (index.block(at >>> index.blockShift()) == null) {
        at |= index.pagesPerBlock() - 1;
      } else if (index.glance(at) != null) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void store(long at, Folio folio) {
    change(at, folio);
  }

  @Override
  public boolean storePlaceholder(long at) {
    requireLocked();
    if (index.glance(at) != null) {
      throw new IllegalStateException("index " + at + " is no hole");
    }
    change(at, Placeholder.INSTANCE);
    placeholders++;
    return true;
  }

  @Override
  public void erase(long at) {
    requireLocked();
    if (index.glance(at) != null) {
      change(at, null);
    }
  }

  private void change(long at, @Nullable PageCacheEntry entry) {
    requireLocked();
    forgetPlaceholderAt(at);
    index.setSlot(at, entry);
  }

  @Override
  public void storeWhole(Folio folio) {
    requireLocked();
    long end = folio.index() + folio.pageCount();
    if (folio.pageCount() == index.pagesPerBlock()) {
      for (long at = folio.index(); at < end; at++) {
        forgetPlaceholderAt(at);
      }
      index.setBlock(folio.index() >>> index.blockShift(), folio);
      return;
    }
    for (long at = folio.index(); at < end; at++) {
      change(at, folio);
    }
  }

  private void forgetPlaceholderAt(long at) {
    if (placeholders > 0 && index.glance(at) instanceof Placeholder) {
      placeholders--;
    }
  }

  @Override
  public void adjustPresentPages(long delta) {
    requireLocked();
    index.adjustPresent(delta);
  }
}
