/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.mm4j.Pages;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.FrameMemory;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.sync.Counter;
import org.mm4j.sync.Sync;
import org.mm4j.testkit.Seeds;

final class FramePoolTest {
  @Test
  void takesChunksFromTheHostOnlyWhenTheyAreUsed() {
    try (FramePool pool = Pools.small(64)) {
      assertEquals(0, pool.committedBytes());
      assertEquals(64, pool.freeFrames());
      assertThrows(IllegalStateException.class, () -> pool.chunkOf(0));
      CoreFolio folio = Pools.folio(pool, Pools.ORDER);
      assertEquals(16 * Pages.SIZE_BYTES, pool.committedBytes());
      assertEquals(56, pool.freeFrames());
      folio.put(1);
      Pools.assertPristine(pool);
    }
  }

  @Test
  void alignsChunksToHugePages() {
    try (ChunkedFrameMemory memory = new ChunkedFrameMemory(4L << 20)) {
      MemorySegment chunk = memory.newChunk();
      assertEquals(0, chunk.address() % (2L << 20));
      assertEquals(4L << 20, chunk.byteSize());
      assertTrue(chunk.isNative());
    }
    assertThrows(IllegalArgumentException.class, () -> new ChunkedFrameMemory(3L << 20));
  }

  @Test
  void suitsTheChunksToASmallWorld() {
    assertEquals(1L << 20, ChunkedFrameMemory.sizedFor((1L << 20) - 4096).chunkBytes());
    assertEquals(
        ChunkedFrameMemory.DEFAULT_CHUNK_BYTES, ChunkedFrameMemory.sizedFor(1L << 40).chunkBytes());
  }

  @Test
  void findsTheFolioOfEachFrame() {
    try (FramePool pool = Pools.small(64)) {
      assertNull(pool.folioOf(0));
      CoreFolio huge = Pools.folio(pool, Pools.ORDER);
      for (int page = 0; page < huge.pageCount(); page++) {
        assertSame(huge, pool.folioOf(huge.frame() + page));
      }
      assertNull(pool.folioOf(huge.frame() + huge.pageCount()));
      List<CoreFolio> visited = new ArrayList<>();
      pool.forEachFolio(visited::add);
      assertEquals(List.of(huge), visited);
      huge.put(1);
      assertNull(pool.folioOf(huge.frame()));
      assertThrows(IndexOutOfBoundsException.class, () -> pool.folioOf(64));
      assertThrows(IndexOutOfBoundsException.class, () -> pool.folioOf(-1));
    }
  }

  @Test
  void handsOutTheFrameThatWasFreedLast() {
    try (FramePool pool = Pools.small(64)) {
      CoreFolio first = Pools.folio(pool, 0);
      CoreFolio second = Pools.folio(pool, 0);
      first.put(1);
      CoreFolio again = Pools.folio(pool, 0);
      assertEquals(first.frame(), again.frame());
      again.put(1);
      second.put(1);
    }
  }

  @Test
  void hasEveryFrameBeforeItSaysNoMemory() {
    try (FramePool pool = Pools.small(40)) {
      Set<Long> frames = new HashSet<>();
      List<CoreFolio> folios = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        CoreFolio folio = Pools.folio(pool, 0);
        assertTrue(frames.add(folio.frame()), "handed out twice: " + folio);
        folios.add(folio);
      }
      assertEquals(0, pool.freeFrames());
      assertSame(Allocation.Refused.NO_MEMORY, pool.allocate(0, null));
      assertSame(Allocation.Refused.NO_MEMORY, pool.allocate(Pools.ORDER, null));
      folios.forEach(folio -> folio.put(1));
      Pools.assertPristine(pool);
    }
  }

  @Test
  void drainsTheListsOfOtherThreadsBeforeItSaysNoMemory() throws InterruptedException {
    try (FramePool pool = Pools.small(16)) {
      for (int i = 0; i < 8; i++) {
        Thread other = new Thread(() -> Pools.folio(pool, 0).put(1));
        other.start();
        other.join();
      }
      assertEquals(16, pool.freeFrames());
      CoreFolio huge = Pools.folio(pool, Pools.ORDER);
      CoreFolio huge2 = Pools.folio(pool, Pools.ORDER);
      huge.put(1);
      huge2.put(1);
      List<CoreFolio> folios = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        folios.add(Pools.folio(pool, 0));
      }
      folios.forEach(folio -> folio.put(1));
      Pools.assertPristine(pool);
    }
  }

  @Test
  void takesSingleFramesFromTheListsOfOtherThreads() throws InterruptedException {
    try (FramePool pool = Pools.small(16)) {
      long mine = Sync.threadNumber();
      boolean[] filled = new boolean[1];
      for (int i = 0; i < 1000 && !filled[0]; i++) {
        Thread other =
            new Thread(
                () -> {
                  if (((Sync.threadNumber() - mine) & 1) != 0) { // never the stripe of this thread
                    Pools.folio(pool, 0).put(1); // leaves all 16 frames in its stripe
                    filled[0] = true;
                  }
                });
        other.start();
        other.join();
      }
      assertTrue(filled[0]);
      List<CoreFolio> folios = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        folios.add(Pools.folio(pool, 0));
      }
      assertSame(Allocation.Refused.NO_MEMORY, pool.allocate(0, null));
      folios.forEach(folio -> folio.put(1));
      Pools.assertPristine(pool);
    }
  }

  @Test
  void chargesBeforeItTakesFramesAndGivesBothBack() {
    Counter charged = new Counter();
    MemoryDescriptor mm = Pools.account(charged, 9);
    try (FramePool pool = Pools.small(16)) {
      CoreFolio huge = Pools.folio(pool.allocate(Pools.ORDER, mm));
      CoreFolio small = Pools.folio(pool.allocate(0, mm));
      assertEquals(9, charged.get());
      assertSame(Allocation.Refused.CHARGE_REFUSED, pool.allocate(0, mm));
      assertEquals(7, pool.freeFrames());
      small.put(1);
      huge.put(1);
      assertEquals(0, charged.get());
      Pools.assertPristine(pool);
    }
  }

  @Test
  void keepsNoChargeWhenThereAreNoFrames() {
    Counter charged = new Counter();
    MemoryDescriptor mm = Pools.account(charged, 1000);
    try (FramePool pool = Pools.small(8)) {
      CoreFolio one = Pools.folio(pool, 0);
      assertSame(Allocation.Refused.NO_MEMORY, pool.allocate(Pools.ORDER, mm));
      assertEquals(0, charged.get());
      assertEquals(7, pool.freeFrames());
      one.put(1);
    }
  }

  @Test
  void answersNoMemoryWhenTheHostHasNone() {
    FrameMemory exhausted =
        new FrameMemory() {
          @Override
          public long chunkBytes() {
            return 16L * Pages.SIZE_BYTES;
          }

          @Override
          public MemorySegment newChunk() {
            throw new OutOfMemoryError("test");
          }

          @Override
          public void close() {}
        };
    try (FramePool pool = new FramePool(exhausted, 64L * Pages.SIZE_BYTES, Pools.ORDER)) {
      assertSame(Allocation.Refused.NO_MEMORY, pool.allocate(0, null));
      assertSame(Allocation.Refused.NO_MEMORY, pool.allocate(Pools.ORDER, null));
      assertEquals(0, pool.committedBytes());
      assertEquals(64, pool.freeFrames());
    }
  }

  @Test
  void refusesSizesAndOrdersOutOfRange() {
    ChunkedFrameMemory memory = new ChunkedFrameMemory(16L * Pages.SIZE_BYTES);
    for (long bytes : new long[] {0, -4096, 4096, 8 * 4096 + 1, 1L << 50}) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class, () -> new FramePool(memory, bytes, Pools.ORDER));
      assertTrue(refused.getMessage().contains(Long.toString(bytes)), refused.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> new FramePool(memory, 1L << 20, 5));
    assertThrows(IllegalArgumentException.class, () -> new FramePool(memory, 1L << 20, -1));
    try (FramePool pool = Pools.small(8)) {
      assertThrows(IllegalArgumentException.class, () -> pool.allocate(Pools.ORDER + 1, null));
      assertThrows(IllegalArgumentException.class, () -> pool.allocate(-1, null));
    }
  }

  @Test
  void staysBelowTheKernelsMetadataPerPage() {
    int frames = 1 << 12;
    ChunkedFrameMemory memory = new ChunkedFrameMemory((long) frames * Pages.SIZE_BYTES);
    try (FramePool pool = new FramePool(memory, (long) frames * Pages.SIZE_BYTES, 9)) {
      CoreFolio[] folios = new CoreFolio[frames];
      for (int i = 0; i < frames; i++) {
        folios[i] = Pools.folio(pool, 0);
      }
      double perPage = (double) pool.metadataBytes() / frames + HeapLayout.REFERENCE_BYTES;
      assertTrue(perPage <= 72, "metadata bytes per page: " + perPage);
      Arrays.asList(folios).forEach(folio -> folio.put(1));
    }
  }

  @Test
  void behavesAsASetOfFrames() {
    Seeds.check(
        seed -> {
          RandomGenerator random = Seeds.random(seed);
          int total = 72;
          try (FramePool pool = Pools.small(total)) {
            boolean[] used = new boolean[total];
            List<CoreFolio> folios = new ArrayList<>();
            for (int step = 0; step < 20_000; step++) {
              int wanted = (step >>> 10) % 2 == 0 ? 8 : 3; // fills up, then runs empty
              if (folios.isEmpty() || random.nextInt(11) < wanted) {
                allocateAndCheck(pool, random.nextInt(Pools.ORDER + 1), used, folios);
              } else {
                CoreFolio folio = folios.remove(random.nextInt(folios.size()));
                mark(used, folio, false);
                folio.put(1);
              }
              assertEquals(total - count(used), pool.freeFrames());
            }
            folios.forEach(folio -> folio.put(1));
            Pools.assertPristine(pool);
          }
        });
  }

  private static void allocateAndCheck(
      FramePool pool, int order, boolean[] used, List<CoreFolio> folios) {
    Allocation allocation = pool.allocate(order, null);
    if (allocation instanceof Allocation.Allocated) {
      CoreFolio folio = Pools.folio(allocation);
      assertEquals(order, folio.order());
      assertEquals(0, folio.frame() % folio.pageCount());
      mark(used, folio, true);
      folios.add(folio);
      return;
    }
    for (int first = 0; first < used.length; first += 1 << order) {
      boolean any = false;
      for (int i = first; i < first + (1 << order); i++) {
        any |= used[i];
      }
      assertTrue(any, "no memory though block " + first + " of order " + order + " is free");
    }
  }

  private static void mark(boolean[] used, CoreFolio folio, boolean value) {
    for (int page = 0; page < folio.pageCount(); page++) {
      int frame = (int) folio.frame() + page;
      assertEquals(!value, used[frame], "frame " + frame);
      used[frame] = value;
    }
  }

  private static int count(boolean[] used) {
    int count = 0;
    for (boolean one : used) {
      count += one ? 1 : 0;
    }
    return count;
  }

  @Test
  void describesItself() {
    try (FramePool pool = Pools.small(8)) {
      assertNotNull(pool.toString());
      assertTrue(pool.toString().contains("8 frames"), pool.toString());
    }
  }
}
