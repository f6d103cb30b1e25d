/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.shmem.Bytes.PAGE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.FillResult;
import org.mm4j.testkit.Laps;
import org.mm4j.testkit.Seeds;

/**
 * Writers, readers, faults, fills, truncations, punches, seeks and collapses at once on one file.
 * Page i only ever gets the stamp of i, in each of its words, so a word is that stamp or zero, or a
 * page is lost or mixed up. The first page is written once and never taken out: it must stay.
 */
final class StressTest {
  private static final int PAGES = 24;
  private static final long MILLIS = 1000;

  private static long stamp(long page) {
    return 0x5a5a_0000_0000_0000L + page;
  }

  private static MemorySegment page(long index) {
    MemorySegment page = MemorySegment.ofArray(new long[PAGE / 8]);
    for (int i = 0; i < PAGE / 8; i++) {
      page.setAtIndex(ValueLayout.JAVA_LONG, i, stamp(index));
    }
    return page;
  }

  /** What one thread does again and again; says whether it came to anything. */
  @FunctionalInterface
  private interface Work {
    boolean once(RandomGenerator random) throws Exception;
  }

  /** What always comes to something. */
  @FunctionalInterface
  private interface SureWork {
    void once(RandomGenerator random) throws Exception;
  }

  private static Work sure(SureWork work) {
    return random -> {
      work.once(random);
      return true;
    };
  }

  @Test
  void nothingIsLostMixedUpOrLeaked() {
    Seeds.check(
        seed -> {
          try (TestKernel kernel =
              new TestKernel(256, 3, 2, TestKernel.UNLIMITED, TestKernel.UNLIMITED)) {
            ShmemFile file = kernel.file();
            file.write(0, page(0));
            file.truncate(PAGES * PAGE);
            ShmemInode inode = TestKernel.inode(file);
            TestSpace space = new TestSpace(inode, PAGES, TestSpace.SHARED_WRITABLE);
            runAll(
                seed,
                List.of(
                    sure(random -> write(file, 1 + random.nextInt(PAGES - 1))),
                    sure(random -> read(file, random.nextInt(PAGES))),
                    sure(random -> read(file, 0)),
                    sure(random -> space.touch(random.nextInt(PAGES))),
                    sure(random -> fault(inode, 1 + random.nextInt(PAGES + 4))),
                    sure(
                        random ->
                            file.punchHole(
                                randomOffset(random), (long) PAGE * (1 + random.nextInt(9)))),
                    sure(random -> resize(file, random)),
                    sure(random -> seek(file, random)),
                    random -> TestCollapse.collapse(inode, 8L * random.nextInt(PAGES / 8))));
            kernel.audit();
            file.close();
            space.unmapAll();
          }
        });
  }

  private static void runAll(long seed, List<Work> works) throws Exception {
    AtomicBoolean failed = new AtomicBoolean();
    Laps laps = new Laps(works.size(), 3);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
    try (ExecutorService executor = Executors.newFixedThreadPool(works.size())) {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < works.size(); i++) {
        Work work = works.get(i);
        int number = i;
        RandomGenerator random = Seeds.random(seed + i);
        futures.add(
            executor.submit(
                () -> {
                  boolean done = false;
                  try {
                    while (!failed.get() && (System.nanoTime() < deadline || laps.areMissing())) {
                      if (work.once(random)) {
                        laps.count(number);
                      }
                    }
                    done = true;
                  } finally {
                    if (!done) {
                      failed.set(true); // ends the others
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> future : futures) {
        future.get(100, TimeUnit.SECONDS);
      }
    }
  }

  private static long randomOffset(RandomGenerator random) {
    return PAGE + (long) random.nextInt((PAGES - 1) * PAGE / 8) * 8;
  }

  private static void write(ShmemFile file, int index) {
    file.write((long) index * PAGE, page(index));
  }

  private static void read(ShmemFile file, int index) {
    MemorySegment page = MemorySegment.ofArray(new long[PAGE / 8]);
    int count = file.read((long) index * PAGE, page);
    for (int i = 0; i < count / 8; i++) {
      long word = page.getAtIndex(ValueLayout.JAVA_LONG, i);
      if (word != stamp(index)) {
        assertEquals(0, word, "word " + i + " of page " + index);
        assertTrue(index > 0, "page 0 read as missing");
      }
    }
  }

  private static void fault(ShmemInode inode, int index) {
    if ((index & 1) == 0) {
      inode.invalidateLock().lockShared();
      try {
        if (inode.operations().create(index, null) instanceof BringIn.Present present) {
          checkPage(present.folio().data(InodePages.pageOf(present.folio(), index)), index);
          InodePages.release(present.folio());
        }
      } finally {
        inode.invalidateLock().unlockShared();
      }
    } else if (inode.operations().fill(index, null, to -> to.copyFrom(page(index)))
        instanceof FillResult.Filled filled) {
      InodePages.release(filled.folio());
    }
  }

  /** The folio is locked, so nothing in it changes. */
  private static void checkPage(MemorySegment page, long index) {
    for (int i = 0; i < PAGE / 8; i++) {
      long word = page.getAtIndex(ValueLayout.JAVA_LONG, i);
      assertTrue(word == 0 || word == stamp(index), "word " + i + " of page " + index);
    }
  }

  private static void resize(ShmemFile file, RandomGenerator random) {
    file.truncate(randomOffset(random));
    file.truncate((long) PAGES * PAGE);
    file.allocate(randomOffset(random), PAGE);
  }

  private static void seek(ShmemFile file, RandomGenerator random) {
    assertEquals(0, file.seekData(0).getAsLong(), "page 0 seen as missing");
    file.seekHole(randomOffset(random));
    file.seekData(randomOffset(random));
  }
}
