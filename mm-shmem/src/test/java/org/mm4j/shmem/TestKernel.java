/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.mm4j.Extension;
import org.mm4j.KhugepagedTunables;
import org.mm4j.MemoryFileFlag;
import org.mm4j.Pages;
import org.mm4j.core.cache.XArrayPageCache;
import org.mm4j.core.frame.ChunkedFrameMemory;
import org.mm4j.core.frame.CoreFolio;
import org.mm4j.core.frame.FramePool;
import org.mm4j.core.vma.IntervalReverseMap;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.CollapseService;
import org.mm4j.spi.FolioAllocator;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.KernelSettings;
import org.mm4j.spi.MemoryAudit.FileBook;
import org.mm4j.spi.MemoryAudit.SlotBook;
import org.mm4j.spi.MemoryFileSource;
import org.mm4j.spi.TlbBatch;
import org.mm4j.spi.UserfaultfdSource;
import org.mm4j.testkit.RankCheckingSync;

/**
 * Frames, page caches and reverse maps without address spaces, with memory that runs out on order.
 * Closing it checks that everything was given back.
 */
final class TestKernel implements Kernel, AutoCloseable {
  static final long UNLIMITED = Long.MAX_VALUE;

  private final KernelSettings settings;
  private final FramePool pool;
  private final ShmemFiles files;

  /** How many more folios and tree nodes there are. */
  final AtomicLong folioBudget = new AtomicLong(UNLIMITED);

  final AtomicLong nodeBudget = new AtomicLong(UNLIMITED);

  /** Called before each allocation with the number of folios left. */
  LongConsumer onAllocation = left -> {};

  TestKernel(int frames, int hugeOrder, int chunkShift, long fileLimit, long allLimit) {
    settings =
        new KernelSettings(
            (long) frames << Pages.SHIFT,
            hugeOrder,
            chunkShift,
            allLimit,
            fileLimit,
            UNLIMITED,
            null,
            null,
            KhugepagedTunables.linux(hugeOrder));
    pool =
        new FramePool(
            new ChunkedFrameMemory((long) Pages.SIZE_BYTES << Math.max(hugeOrder, 4)),
            settings.physicalBytes(),
            hugeOrder);
    files =
        new ShmemFiles(
            this,
            name ->
                new XArrayPageCache(
                    name, chunkShift, count -> take(nodeBudget) ? new Object[count] : null),
            name -> new IntervalReverseMap(name, hugeOrder, this::newTlbBatch));
  }

  /** 64 frames, huge pages of 8, nodes of 4 slots, no limits. */
  static TestKernel small() {
    return new TestKernel(64, 3, 2, UNLIMITED, UNLIMITED);
  }

  static TestKernel limited(long fileLimit, long allLimit) {
    return new TestKernel(64, 3, 2, fileLimit, allLimit);
  }

  private static boolean take(AtomicLong budget) {
    return budget.getAndUpdate(left -> left > 0 ? left - 1 : 0) > 0;
  }

  ShmemFile file() {
    return file("file");
  }

  ShmemFile file(String name) {
    return (ShmemFile) files.create(name, Set.of(MemoryFileFlag.ALLOW_SEALING));
  }

  ShmemFiles files() {
    return files;
  }

  static ShmemInode inode(ShmemFile file) {
    return (ShmemInode) file.mapping();
  }

  CoreFolio newFolio(int order) {
    return (CoreFolio) ((Allocation.Allocated) pool.allocate(order, null)).folio();
  }

  long usedFrames() {
    return pool.totalFrames() - pool.freeFrames();
  }

  // ------------------------------------------------------------ audit

  /** The books as they are, after checking them against each other; nothing may run. */
  String audit() {
    List<FileBook> books = files.audit();
    Map<Long, Integer> slotsByFrame = new HashMap<>();
    long charged = 0;
    for (FileBook book : books) {
      assertEquals(book.slots().size(), book.presentPages(), "present pages of " + book);
      assertEquals(book.slots().size(), book.chargedPages(), "charged pages of " + book);
      charged += book.chargedPages();
      for (SlotBook slot : book.slots()) {
        slotsByFrame.merge(slot.frame(), 1, Integer::sum);
      }
    }
    assertEquals(charged, files.chargedPages(), "pages charged by all files");
    pool.forEachFolio(folio -> checkFolio(folio, slotsByFrame));
    return books + " used frames " + usedFrames();
  }

  private static void checkFolio(CoreFolio folio, Map<Long, Integer> slotsByFrame) {
    int slots = slotsByFrame.getOrDefault(folio.frame(), 0);
    assertEquals(folio.pageCount(), slots, "slots of " + folio);
    assertEquals(slots + folio.mapCount(), folio.references(), "references of " + folio);
    assertTrue(folio.isOnLru() && !folio.isLocked(), "LRU and lock of " + folio);
  }

  @Override
  public void close() {
    RankCheckingSync.assertNothingHeld();
    folioBudget.set(UNLIMITED);
    assertEquals("[] used frames 0", audit(), "left when every file was closed");
    pool.close();
  }

  // ------------------------------------------------------------ kernel

  @Override
  public KernelSettings settings() {
    return settings;
  }

  @Override
  public FolioAllocator folios() {
    return (order, account) -> {
      onAllocation.accept(folioBudget.get());
      return take(folioBudget) ? pool.allocate(order, account) : Allocation.Refused.NO_MEMORY;
    };
  }

  @Override
  public TlbBatch newTlbBatch() {
    return () -> {};
  }

  @Override
  public <T extends Extension> List<T> extensions(Class<T> type) {
    return List.of();
  }

  @Override
  public void provideUserfaultfd(UserfaultfdSource source) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void provideMemoryFiles(MemoryFileSource source) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void provideCollapse(CollapseService service) {
    throw new UnsupportedOperationException();
  }
}
