/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.sync.Counter;
import org.mm4j.testkit.Seeds;

final class FramePoolStressTest {
  private static final int THREADS = 4;
  private static final int STEPS = 15_000;

  @Test
  void neverGivesAFrameToTwoThreads() {
    Seeds.check(
        seed -> {
          Counter charged = new Counter();
          MemoryDescriptor mm = Pools.account(charged, 150);
          try (FramePool pool = Pools.small(160)) {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
              long own = seed + i;
              byte mark = (byte) (i + 1);
              MemoryDescriptor payer = i == 0 ? mm : null; // mocks remember each call: one thread
              tasks.add(() -> allocateAndFree(pool, payer, Seeds.random(own), mark));
            }
            int served = runAll(tasks);
            assertNotEquals(0, served);
            assertEquals(0, charged.get());
            Pools.assertPristine(pool);
          }
        });
  }

  private static int allocateAndFree(
      FramePool pool, MemoryDescriptor payer, RandomGenerator random, byte mark) {
    List<CoreFolio> mine = new ArrayList<>();
    int served = 0;
    int steps = payer == null ? STEPS : STEPS / 20;
    for (int step = 0; step < steps; step++) {
      if (mine.isEmpty() || (random.nextInt(10) < 6 && mine.size() < 60)) {
        int order = random.nextInt(8) == 0 ? 1 + random.nextInt(Pools.ORDER) : 0;
        Allocation allocation = pool.allocate(order, payer);
        if (allocation instanceof Allocation.Allocated) {
          CoreFolio folio = Pools.folio(allocation);
          write(folio, mark);
          mine.add(folio);
          served++;
        }
      } else {
        CoreFolio folio = mine.remove(random.nextInt(mine.size()));
        check(folio, mark);
        folio.put(1);
      }
    }
    for (CoreFolio folio : mine) {
      check(folio, mark);
      folio.put(1);
    }
    return served;
  }

  private static void write(CoreFolio folio, byte mark) {
    for (int page = 0; page < folio.pageCount(); page++) {
      folio.data(page).set(ValueLayout.JAVA_BYTE, 100, mark);
    }
  }

  private static void check(CoreFolio folio, byte mark) {
    for (int page = 0; page < folio.pageCount(); page++) {
      assertEquals(mark, folio.data(page).get(ValueLayout.JAVA_BYTE, 100), folio::toString);
    }
  }

  /** What one thread needs must not be kept from it by what another has in its per-CPU list. */
  @Test
  void nobodyIsRefusedWhileFramesAreFree() throws Exception {
    try (FramePool pool = Pools.small(32)) {
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        tasks.add(
            () -> {
              for (int step = 0; step < STEPS; step++) {
                Pools.folio(pool, 0).put(1); // throws if it is refused
              }
              return 0;
            });
      }
      runAll(tasks);
      Pools.assertPristine(pool);
    }
  }

  @Test
  void freesAFolioOnceHoweverManyThreadsHoldIt() throws Exception {
    try (FramePool pool = Pools.small(64)) {
      for (int round = 0; round < 200; round++) {
        CoreFolio folio = Pools.folio(pool, round % (Pools.ORDER + 1));
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          folio.get(1);
          tasks.add(() -> shareAndLetGo(folio));
        }
        folio.put(1);
        runAll(tasks);
        assertEquals(0, folio.references());
        assertEquals(64, pool.freeFrames());
      }
      Pools.assertPristine(pool);
    }
  }

  private static int shareAndLetGo(CoreFolio folio) {
    for (int i = 0; i < 100; i++) {
      if (!folio.tryGet()) {
        throw new AssertionError("freed under its holder: " + folio);
      }
      folio.addMapping();
      folio.removeMapping();
      folio.put(1);
    }
    folio.put(1);
    return 0;
  }

  @Test
  void findsAFreedFramesNewOwnerWithoutALock() throws Exception {
    try (FramePool pool = Pools.small(16)) {
      AtomicBoolean stop = new AtomicBoolean();
      List<Callable<Integer>> tasks = new ArrayList<>();
      tasks.add(
          () -> {
            try {
              for (int i = 0; i < 15_000; i++) {
                Pools.folio(pool, i % (Pools.ORDER + 1)).put(1);
              }
            } finally {
              stop.set(true);
            }
            return 0;
          });
      tasks.add(
          () -> {
            int found = 0;
            while (!stop.get()) {
              CoreFolio folio = pool.folioOf(found % 8);
              if (folio != null && folio.tryGet()) {
                folio.put(1); // may be the last one: then this thread frees it
                found++;
              }
            }
            return found;
          });
      runAll(tasks);
      Pools.assertPristine(pool);
    }
  }

  private static int runAll(List<Callable<Integer>> tasks) throws Exception {
    int sum = 0;
    CyclicBarrier begin = new CyclicBarrier(tasks.size());
    List<Callable<Integer>> together = new ArrayList<>();
    for (Callable<Integer> task : tasks) {
      together.add(
          () -> {
            begin.await();
            return task.call();
          });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
      for (Future<Integer> done : threads.invokeAll(together)) {
        sum += done.get();
      }
    }
    return sum;
  }
}
