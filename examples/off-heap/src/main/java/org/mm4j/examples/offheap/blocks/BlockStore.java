/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import java.lang.invoke.MethodHandles;
import java.util.function.Supplier;
import org.mm4j.PageRange;
import org.mm4j.Pages;
import org.mm4j.spi.FolioAllocator;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.TlbBatch;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;
import org.mm4j.sync.SharedLock;
import org.mm4j.sync.WordField;

/**
 * The memory of one store: its pages in a {@link BlockIndex}, who maps it in a {@link WindowList},
 * what it does in its own way in {@link StoreOperations}. That is all the library needs to map it,
 * fault in it, watch it with a userfaultfd, and collapse its blocks.
 *
 * <p>It has users: the handle, each call through the handle, each window, each collapse. When the
 * last one goes, its pages are freed. Thread-safe.
 */
final class BlockStore implements Mapping {
  private static final WordField SIZE =
      WordField.of(MethodHandles.lookup(), BlockStore.class, "sizeBytes");
  private static final WordField USERS =
      WordField.of(MethodHandles.lookup(), BlockStore.class, "users");

  private final String name;
  private final FolioAllocator folios;
  private final Supplier<TlbBatch> tlbBatches;
  private final BlockIndex index;
  private final WindowList windows;
  private final SharedLock invalidateLock;
  private final Mutex sizeLock;
  private final StoreCharge charge;
  private final StorePages pages = new StorePages(this);
  private final StoreOperations operations = new StoreOperations(this);

  @SuppressWarnings("unused") // accessed through SIZE
  private long sizeBytes;

  @SuppressWarnings("unused") // accessed through USERS
  private long users = 1;

  BlockStore(String name, Kernel kernel, StoreCharge charge) {
    this.name = name;
    this.charge = charge;
    folios = kernel.folios();
    tlbBatches = kernel::newTlbBatch;
    int blockShift = kernel.settings().hugeOrder();
    index = new BlockIndex(blockShift);
    windows = new WindowList(name, (long) Pages.SIZE_BYTES << blockShift, tlbBatches);
    invalidateLock = new SharedLock(LockRank.INVALIDATE, name);
    sizeLock = new Mutex(LockRank.INODE, name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public BlockIndex pageCache() {
    return index;
  }

  @Override
  public WindowList reverseMap() {
    return windows;
  }

  @Override
  public StoreOperations operations() {
    return operations;
  }

  @Override
  public SharedLock invalidateLock() {
    return invalidateLock;
  }

  FolioAllocator folios() {
    return folios;
  }

  TlbBatch newTlbBatch() {
    return tlbBatches.get();
  }

  StorePages pages() {
    return pages;
  }

  StoreCharge charge() {
    return charge;
  }

  /** The lock of whoever changes size or content as a whole. Rank INODE. */
  Mutex sizeLock() {
    return sizeLock;
  }

  // ------------------------------------------------------------ size

  long sizeBytes() {
    return SIZE.getAcquire(this);
  }

  /** Sets the size, before any later look at the pages. The size lock is held. */
  void setSizeBytes(long bytes) {
    SIZE.setVolatile(this, bytes);
  }

  /** Returns the index after the last page. */
  long endIndex() {
    return (sizeBytes() + Pages.OFFSET_MASK) >>> Pages.SHIFT;
  }

  /** Returns the size that no store can have more than. */
  long greatestBytes() {
    return ((long) BlockIndex.MOST_BLOCKS << index.blockShift()) << Pages.SHIFT;
  }

  // ------------------------------------------------------------ users

  /** Becomes a user if there is one already. */
  boolean tryUse() {
    while (true) {
      long before = USERS.getAcquire(this);
      if (before == 0) {
        return false;
      }
      if (USERS.compareAndSet(this, before, before + 1)) {
        return true;
      }
    }
  }

  @Override
  public void hold() {
    if (!tryUse()) {
      throw new IllegalStateException("nobody uses " + name + " any more");
    }
  }

  @Override
  public void letGo() {
    if (USERS.getAndAdd(this, -1) == 1) {
      pages.removeAll(new PageRange(0, PageRange.INDEX_COUNT));
    }
  }

  boolean isUsed() {
    return USERS.getAcquire(this) != 0;
  }

  @Override
  public String toString() {
    return "store " + name + " of " + sizeBytes() + " bytes";
  }
}
