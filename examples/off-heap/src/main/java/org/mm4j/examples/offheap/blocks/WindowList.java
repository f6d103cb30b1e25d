/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.mm4j.AddressRange;
import org.mm4j.PageRange;
import org.mm4j.Pages;
import org.mm4j.spi.Folio;
import org.mm4j.spi.ReverseMap;
import org.mm4j.spi.TlbBatch;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.SharedLock;

/**
 * Who maps a store, as a plain list: a store has a few windows, and looking at all of them is
 * quicker than any tree. Thread-safe; the list is guarded by a lock of rank REVERSE_MAP.
 */
final class WindowList implements ReverseMap {
  private final SharedLock lock;
  private final long blockBytes;
  private final Supplier<TlbBatch> batches;

  /** Guarded by {@link #lock}. */
  private final List<Vma> windows = new ArrayList<>();

  /**
   * Creates a list of nobody.
   *
   * @param blockBytes the size of a huge page
   * @param batches makes batches for the operations that flush themselves
   */
  WindowList(String name, long blockBytes, Supplier<TlbBatch> batches) {
    this.lock = new SharedLock(LockRank.REVERSE_MAP, name);
    this.blockBytes = blockBytes;
    this.batches = batches;
  }

  @Override
  public void lockShared() {
    lock.lockShared();
  }

  @Override
  public void unlockShared() {
    lock.unlockShared();
  }

  @Override
  public void overlapping(long firstIndex, long lastIndexInclusive, Predicate<Vma> visitor) {
    if (!lock.isHeldShared()) {
      throw new IllegalStateException(lock + " is not held");
    }
    for (Vma window : windows) {
      boolean overlaps =
          window.pageOffset() <= lastIndexInclusive && window.endIndex() > firstIndex;
      if (overlaps && !visitor.test(window)) {
        return;
      }
    }
  }

  @Override
  public void unmap(Folio folio, TlbBatch batch) {
    PageRange pages = new PageRange(folio.index(), folio.pageCount());
    lock.lockShared();
    try {
      overlapping(
          pages.firstIndex(),
          pages.endIndex() - 1,
          window -> {
            unmapFrom(window, folio, pages, batch);
            return folio.mapCount() > 0;
          });
    } finally {
      lock.unlockShared();
    }
  }

  private static void unmapFrom(Vma window, Folio folio, PageRange pages, TlbBatch batch) {
    long end = Math.min(pages.endIndex(), window.endIndex());
    long index = Math.max(pages.firstIndex(), window.pageOffset());
    while (index < end && folio.mapCount() > 0) {
      window.mm().translations().removePage(window, window.addressOf(index), folio, batch);
      index++;
    }
  }

  @Override
  public void unmapRange(PageRange range) {
    if (range.pageCount() == 0) {
      return;
    }
    flushing(
        batch ->
            overlapping(
                range.firstIndex(),
                range.endIndex() - 1,
                window -> {
                  long first = Math.max(range.firstIndex(), window.pageOffset());
                  long end = Math.min(range.endIndex(), window.endIndex());
                  AddressRange part =
                      new AddressRange(window.addressOf(first), (end - first) << Pages.SHIFT);
                  window.mm().translations().removeRange(window, part, batch);
                  return true;
                }));
  }

  @Override
  public void retractPageTables(long startIndex) {
    flushing(
        batch ->
            overlapping(
                startIndex,
                startIndex,
                window -> {
                  long address = window.addressOf(startIndex);
                  if (mayRetract(window, address)) {
                    window.mm().translations().retract(window, address, batch);
                  }
                  return true;
                }));
  }

  /** A window that has the whole block, aligned, and whose table can hold no markers. */
  private boolean mayRetract(Vma window, long address) {
    return (address & (blockBytes - 1)) == 0
        && Long.compareUnsigned(window.range().end() - address, blockBytes) >= 0
        && !window.has(VmaFlag.UFFD_WP)
        && !window.mm().isExiting();
  }

  /** Removes translations under the lock, and flushes what was removed, also after a failure. */
  private void flushing(Removal removal) {
    TlbBatch batch = batches.get();
    lock.lockShared();
    try {
      removal.remove(batch);
    } finally {
      try {
        batch.flush();
      } finally {
        lock.unlockShared();
      }
    }
  }

  /** Removes translations. */
  @FunctionalInterface
  private interface Removal {
    void remove(TlbBatch batch);
  }

  @Override
  public void insert(Vma vma) {
    replace(List.of(), List.of(vma));
  }

  @Override
  public void remove(Vma vma) {
    replace(List.of(vma), List.of());
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if one of {@code old} is not there; nothing changed
   */
  @Override
  public void replace(List<Vma> old, List<Vma> replacement) {
    lock.lock();
    try {
      if (!windows.containsAll(old)) {
        throw new IllegalArgumentException("not all of " + old + " are in " + lock);
      }
      windows.removeAll(old);
      windows.addAll(replacement);
    } finally {
      lock.unlock();
    }
  }
}
