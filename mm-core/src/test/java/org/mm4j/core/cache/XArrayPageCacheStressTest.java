/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.PageRange;
import org.mm4j.core.frame.CoreFolio;
import org.mm4j.core.xarray.NodeAllocator;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.testkit.Laps;
import org.mm4j.testkit.Seeds;

/** Lookups beside collapses and splits of the same range, with folios that are really freed. */
class XArrayPageCacheStressTest {
  private static final int ORDER = 3;
  private static final int PAGES = 1 << ORDER;
  private static final PageRange RANGE = new PageRange(PAGES, PAGES);
  private static final long RUN_NANOS = 400_000_000;

  @ParameterizedTest(name = "chunk shift {0}")
  @ValueSource(ints = {2, 6})
  void rule_1_4_lookupsGiveLivingFoliosOfTheIndexAndNoPresentPageIsMissed(int chunkShift) {
    Seeds.check(seed -> run(seed, chunkShift));
  }

  private void run(long seed, int chunkShift) throws InterruptedException {
    CacheFixture file = new CacheFixture(chunkShift, ORDER, NodeAllocator.HEAP);
    for (long i = PAGES + 1; i < 2 * PAGES; i += 2) {
      file.added(i, 0);
    }
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CountDownLatch stop = new CountDownLatch(1);
    Laps laps = new Laps(1, 10);
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    lookUp(seed, file.cache(), stop, laps);
                  } catch (RuntimeException | Error e) {
                    failure.set(e);
                    stop.countDown();
                  }
                });
    int cycles = 0;
    try {
      long end = System.nanoTime() + RUN_NANOS;
      while (stop.getCount() > 0 && (System.nanoTime() < end || laps.areMissing())) {
        cutUp(file, collapse(file));
        cycles++;
      }
    } finally {
      stop.countDown();
      reader.join();
    }
    if (failure.get() != null) {
      throw new AssertionError("after " + cycles + " cycles", failure.get());
    }
    assertEquals(PAGES / 2, file.cache().presentPages());
    for (long i = PAGES + 1; i < 2 * PAGES; i += 2) {
      Folio folio = (Folio) file.cache().lookup(i);
      assertEquals(2, folio.references());
      file.remove(folio);
      folio.put(1);
    }
    file.close();
  }

  private static Folio collapse(CacheFixture file) {
    List<Folio> old = new ArrayList<>();
    Folio huge = file.folio(PAGES, ORDER);
    huge.lock();
    PageCacheCursor cursor = file.cache().cursor(RANGE);
    cursor.lock();
    assertTrue(cursor.reserveNodes());
    for (long i = PAGES; i < 2 * PAGES; i++) {
      if (cursor.load(i) instanceof Folio folio) {
        old.add(folio);
      } else {
        assertTrue(cursor.storePlaceholder(i));
      }
    }
    huge.get(PAGES - 1);
    cursor.storeWhole(huge);
    cursor.adjustPresentPages(PAGES - old.size());
    cursor.unlock();
    for (Folio folio : old) {
      folio.detach();
      folio.put(1);
    }
    huge.unlock();
    return huge;
  }

  private static void cutUp(CacheFixture file, Folio huge) {
    huge.get(1);
    huge.lock();
    List<CoreFolio> parts = new ArrayList<>();
    while (!file.cache().replaceLarge(huge, PAGES + 1, () -> cutIn(huge, parts))) {
      Thread.onSpinWait(); // a reader has it
    }
    huge.unlock();
    parts.forEach(part -> part.put(1));
  }

  /** Cuts a folio into pages, and keeps every other one. */
  private static List<CoreFolio> cutIn(Folio huge, List<CoreFolio> parts) {
    parts.addAll(((CoreFolio) huge).split(new int[PAGES]));
    return parts.stream().filter(part -> part.index() % 2 == 1).toList();
  }

  private static void lookUp(long seed, XArrayPageCache cache, CountDownLatch stop, Laps laps) {
    var random = Seeds.random(seed);
    while (stop.getCount() > 0) {
      for (int n = 0; n < 500; n++) {
        long index = random.nextLong(PAGES, 2L * PAGES);
        PageCacheEntry met = cache.lookup(index);
        assertTrue(met != null || index % 2 == 0, () -> "a hole at " + index);
        if (met instanceof Folio folio) {
          assertTrue(folio.references() > 0);
          assertTrue(folio.index() <= index && index < folio.index() + folio.pageCount());
          folio.put(1);
        }
      }
      long[] next = {PAGES + 1};
      cache.scan(
          RANGE,
          (index, entry) -> {
            assertTrue(index <= next[0], () -> "skipped " + next[0]);
            Folio folio = (Folio) entry;
            next[0] = Math.max(next[0], folio.index() + folio.pageCount() | 1);
            return true;
          });
      assertTrue(next[0] > 2 * PAGES, () -> "ended before " + next[0]);
      laps.count(0);
    }
  }
}
