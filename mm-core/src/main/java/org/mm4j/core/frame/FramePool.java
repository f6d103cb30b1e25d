/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.frame;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mm4j.Pages;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.FolioAllocator;
import org.mm4j.spi.FrameMemory;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Sync;
import org.mm4j.sync.WordField;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The physical memory of one kernel: a fixed number of frames, handed out as folios.
 *
 * <p>Frames are numbered from 0. Memory is taken from the host a chunk at a time, when no free
 * frame is left in the chunks before. Running out is an ordinary answer: {@link
 * Allocation.Refused#NO_MEMORY} is given only after the per-CPU lists of all stripes were returned
 * to the buddy allocator; a frame that another thread frees during that search may be missed.
 *
 * <p>Thread-safe. {@link #folioOf} and {@link #chunkOf} take no lock.
 */
public final class FramePool implements FolioAllocator, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FramePool.class);
  private static final int MOST_STRIPES = 64;
  private static final long MOST_FRAMES = 1L << 30;
  private static final BitLock BUDDY_LOCK =
      new BitLock(
          WordField.of(MethodHandles.lookup(), FramePool.class, "buddyLockWord"),
          1,
          2,
          LockRank.LEAF);

  private final FrameMemory memory;
  private final int hugeOrder;
  private final int totalFrames;
  private final FrameTable table;
  private final FrameCache[] caches;

  /** Guarded by {@link #BUDDY_LOCK}. */
  private final BuddyAllocator buddy;

  @SuppressWarnings("unused") // accessed through BUDDY_LOCK
  private long buddyLockWord;

  /**
   * Creates a pool; no memory is taken from the host.
   *
   * @param memory where chunks come from; closed with the pool
   * @param physicalBytes the physical size in bytes, a positive multiple of the huge-page size
   * @param hugeOrder the greatest order, 0 to {@link CoreFolio#MAX_ORDER}
   * @throws IllegalArgumentException if a value is out of range
   */
  public FramePool(FrameMemory memory, long physicalBytes, int hugeOrder) {
    if (hugeOrder < 0 || hugeOrder > CoreFolio.MAX_ORDER) {
      throw new IllegalArgumentException("hugeOrder out of range: " + hugeOrder);
    }
    long hugeBytes = (long) Pages.SIZE_BYTES << hugeOrder;
    long frames = physicalBytes >>> Pages.SHIFT;
    if (physicalBytes <= 0 || physicalBytes % hugeBytes != 0 || frames > MOST_FRAMES) {
      throw new IllegalArgumentException(
          "physicalBytes is not a positive multiple of %d below %d: %d"
              .formatted(hugeBytes, MOST_FRAMES << Pages.SHIFT, physicalBytes));
    }
    long chunkBytes = memory.chunkBytes();
    if (Long.bitCount(chunkBytes) != 1 || chunkBytes < hugeBytes || chunkBytes > 1L << 41) {
      throw new IllegalArgumentException(
          "chunkBytes is not a power of two of at least %d: %d".formatted(hugeBytes, chunkBytes));
    }
    int chunkShift = Long.numberOfTrailingZeros(chunkBytes) - Pages.SHIFT;
    this.memory = memory;
    this.hugeOrder = hugeOrder;
    this.totalFrames = (int) frames;
    this.buddy = new BuddyAllocator(totalFrames, hugeOrder, chunkShift);
    this.table = new FrameTable(buddy.chunkCount(), chunkShift);
    this.caches = new FrameCache[stripes()];
    for (int i = 0; i < caches.length; i++) {
      caches[i] = new FrameCache();
    }
  }

  private static int stripes() {
    int processors = Math.min(MOST_STRIPES, Runtime.getRuntime().availableProcessors());
    return Integer.highestOneBit(2 * processors - 1);
  }

  /**
   * Allocates a folio.
   *
   * @param order 0 to the huge order
   * @param account charged if it is a {@link FrameAccount}, until the last reference is given back
   * @throws IllegalArgumentException if the order is out of range
   */
  @Override
  public Allocation allocate(int order, @Nullable MemoryDescriptor account) {
    if (order < 0 || order > hugeOrder) {
      throw new IllegalArgumentException(
          "order out of range 0 to %d: %d".formatted(hugeOrder, order));
    }
    FrameAccount payer = account instanceof FrameAccount charged ? charged : null;
    long pages = 1L << order;
    if (payer != null && !payer.tryCharge(pages)) {
      return Allocation.Refused.CHARGE_REFUSED;
    }
    int frame = BuddyAllocator.NONE;
    CoreFolio folio = null;
    try {
      frame = order == 0 ? takeFrame() : takeBlock(order);
      if (frame == BuddyAllocator.NONE) {
        return Allocation.Refused.NO_MEMORY;
      }
      CoreFolio made = new CoreFolio(this, frame, order, payer);
      Allocation allocated = new Allocation.Allocated(made);
      table.setOwner(frame, 1 << order, made);
      folio = made;
      return allocated;
    } finally {
      if (folio == null) {
        giveBack(frame, order, payer);
      }
    }
  }

  /**
   * Makes parts the owners of the frames of a folio that nobody has a reference to. Its charge is
   * theirs; nothing is freed.
   *
   * @param parts of all its frames, in order
   */
  void divide(CoreFolio folio, List<CoreFolio> parts) {
    int[] orders = parts.stream().mapToInt(CoreFolio::order).toArray();
    BUDDY_LOCK.lock(this);
    try {
      buddy.divide((int) folio.frame(), folio.order(), orders);
    } finally {
      BUDDY_LOCK.unlock(this);
    }
    for (CoreFolio part : parts) {
      table.setOwner((int) part.frame(), part.pageCount(), part);
    }
  }

  /** Takes the frames back of a folio whose last reference is gone. */
  void release(CoreFolio folio, @Nullable FrameAccount payer) {
    int frame = (int) folio.frame();
    int order = folio.order();
    table.setOwner(frame, 1 << order, null);
    giveBack(frame, order, payer);
  }

  private void giveBack(int frame, int order, @Nullable FrameAccount payer) {
    if (frame != BuddyAllocator.NONE) {
      if (order == 0) {
        giveFrame(frame);
      } else {
        giveBlock(frame, order);
      }
    }
    if (payer != null) {
      payer.uncharge(1L << order);
    }
  }

  /**
   * Returns the folio that owns a frame now; for a frame inside a huge page, the huge page. Null if
   * it is free. Lock-free: take a reference, and look again.
   *
   * @throws IndexOutOfBoundsException if there is no such frame
   */
  public @Nullable CoreFolio folioOf(long frame) {
    return table.owner(checked(frame));
  }

  /**
   * Returns the segment of native memory that contains a frame, as long as a chunk. Lock-free.
   *
   * @throws IndexOutOfBoundsException if there is no such frame
   * @throws IllegalStateException if no frame of that chunk was ever handed out
   */
  public MemorySegment chunkOf(long frame) {
    return table.segment(checked(frame));
  }

  /** Returns where in {@link #chunkOf} a frame begins, in bytes. */
  public long offsetInChunk(long frame) {
    return table.offset(checked(frame));
  }

  /** Returns the number of frames. */
  public long totalFrames() {
    return totalFrames;
  }

  /**
   * Returns the number of frames that nobody uses: in the per-CPU lists, in the buddy allocator and
   * in chunks that were never made. Exact while nothing runs.
   */
  public long freeFrames() {
    long cached = 0;
    for (FrameCache cache : caches) {
      cache.lock();
      try {
        cached += cache.size();
      } finally {
        cache.unlock();
      }
    }
    BUDDY_LOCK.lock(this);
    try {
      return cached + buddy.freeFrames() + buddy.untouchedFrames();
    } finally {
      BUDDY_LOCK.unlock(this);
    }
  }

  /** Returns how many bytes were taken from the host. */
  public long committedBytes() {
    BUDDY_LOCK.lock(this);
    try {
      return buddy.chunksMade() * memory.chunkBytes();
    } finally {
      BUDDY_LOCK.unlock(this);
    }
  }

  /**
   * Returns the heap bytes of all folios, the frame table and the buddy allocator, computed from
   * the layouts. Walks the frame table.
   */
  public long metadataBytes() {
    long[] folios = {0};
    forEachFolio(folio -> folios[0]++);
    long perFrame = (long) BuddyAllocator.BYTES_PER_FRAME + HeapLayout.REFERENCE_BYTES;
    long frames = committedBytes() >>> Pages.SHIFT;
    return folios[0] * CoreFolio.HEAP_BYTES + frames * perFrame;
  }

  /** Calls a visitor with each allocated folio, by frame. For audits, while nothing runs. */
  public void forEachFolio(Consumer<CoreFolio> visitor) {
    table.forEachOwner(visitor);
  }

  /** Gives the native memory back; folios that are left must not be touched. */
  @Override
  public void close() {
    memory.close();
  }

  @Override
  public String toString() {
    return "frame pool of " + totalFrames + " frames, huge order " + hugeOrder;
  }

  // ------------------------------------------------------------ single frames

  private int takeFrame() {
    FrameCache cache = cacheOfThread();
    cache.lock();
    try {
      if (!cache.isEmpty() || refill(cache)) {
        return cache.pop();
      }
    } finally {
      cache.unlock();
    }
    return takeAfterDraining(0);
  }

  /** Moves a batch from the buddy allocator to a locked stripe; false if there is not one frame. */
  private boolean refill(FrameCache cache) {
    int[] batch = new int[FrameCache.BATCH];
    int taken = 0;
    BUDDY_LOCK.lock(this);
    try {
      while (taken < batch.length) {
        int frame = takeLocked(0);
        if (frame == BuddyAllocator.NONE) {
          break;
        }
        batch[taken++] = frame;
      }
    } finally {
      BUDDY_LOCK.unlock(this);
      while (taken > 0) { // also if a new chunk failed: what was taken must not be lost
        cache.push(batch[--taken]); // the first one taken is on top
      }
    }
    return !cache.isEmpty();
  }

  private void giveFrame(int frame) {
    FrameCache cache = cacheOfThread();
    cache.lock();
    try {
      if (cache.isFull()) {
        drain(cache, FrameCache.BATCH);
      }
      cache.push(frame);
    } finally {
      cache.unlock();
    }
  }

  private FrameCache cacheOfThread() {
    return caches[(int) Sync.threadNumber() & (caches.length - 1)];
  }

  /** Empties the per-CPU lists; false if they were empty. */
  private boolean drainAll() {
    boolean drained = false;
    for (FrameCache cache : caches) {
      cache.lock();
      try {
        if (!cache.isEmpty()) {
          drain(cache, Integer.MAX_VALUE);
          drained = true;
        }
      } finally {
        cache.unlock();
      }
    }
    return drained;
  }

  private void drain(FrameCache cache, int most) {
    BUDDY_LOCK.lock(this);
    try {
      cache.drainTo(buddy, most);
    } finally {
      BUDDY_LOCK.unlock(this);
    }
  }

  // ------------------------------------------------------------ blocks

  private int takeBlock(int order) {
    int frame = takeFromBuddy(order);
    return frame == BuddyAllocator.NONE ? takeAfterDraining(order) : frame;
  }

  /**
   * Empties the per-CPU lists and takes a block. What was drained may be in the list of another
   * thread by then, which refilled it with more than it needs: again, until there is nothing.
   */
  private int takeAfterDraining(int order) {
    while (true) {
      boolean drained = drainAll();
      int frame = takeFromBuddy(order);
      if (frame != BuddyAllocator.NONE || !drained) {
        return frame;
      }
    }
  }

  private int takeFromBuddy(int order) {
    BUDDY_LOCK.lock(this);
    try {
      return takeLocked(order);
    } finally {
      BUDDY_LOCK.unlock(this);
    }
  }

  private void giveBlock(int frame, int order) {
    BUDDY_LOCK.lock(this);
    try {
      buddy.give(frame, order);
    } finally {
      BUDDY_LOCK.unlock(this);
    }
  }

  /** Takes a block, from a new chunk if need be. */
  private int takeLocked(int order) {
    int frame = buddy.take(order);
    if (frame == BuddyAllocator.NONE && buddy.chunksMade() < buddy.chunkCount() && makeChunk()) {
      frame = buddy.take(order);
    }
    return frame;
  }

  private boolean makeChunk() {
    try {
      MemorySegment segment = memory.newChunk();
      table.addChunk(buddy.chunksMade(), segment);
      buddy.addChunk();
      return true;
    } catch (OutOfMemoryError e) {
      // The host has less than the physical size promised: for the guest, memory is exhausted.
      LOG.warn("no host memory for chunk {} of {}", buddy.chunksMade(), this, e);
      return false;
    }
  }

  private int checked(long frame) {
    if (frame < 0 || frame >= totalFrames) {
      throw new IndexOutOfBoundsException("frame %d of %d".formatted(frame, totalFrames));
    }
    return (int) frame;
  }

  // ------------------------------------------------------------ for tests

  /** Empties the per-CPU lists and returns the free blocks of an order, in the chunks made. */
  int freeBlocks(int order) {
    drainAll();
    BUDDY_LOCK.lock(this);
    try {
      return buddy.freeBlocks(order);
    } finally {
      BUDDY_LOCK.unlock(this);
    }
  }
}
