/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mm4j.testkit.Laps;
import org.mm4j.testkit.Seeds;

/** Readers without a lock beside a writer that turns small entries into large ones and back. */
class XArrayStressTest {
  private static final long RUN_NANOS = 300_000_000;

  /** An entry that knows where it was stored. */
  private record Placed(long first, long count) {
    boolean covers(long index) {
      return index >= first && index - first < count;
    }
  }

  private XArray<Placed> array;
  private Laps laps;
  private long base;
  private int order;

  @ParameterizedTest(name = "chunk shift {0}, order {1}")
  @CsvSource({"2, 3", "2, 1", "2, 4", "6, 3", "6, 9", "1, 3"})
  void rule_1_6_readersSeeEachIndexBeforeOrAfter(int chunkShift, int order) {
    Seeds.check(seed -> run(seed, chunkShift, order));
  }

  private void run(long seed, int chunkShift, int huge) throws InterruptedException {
    array = new XArray<>("test", chunkShift, NodeAllocator.HEAP);
    laps = new Laps(2, 10);
    order = huge;
    base = 1L << order;
    storeSmall(array.cursor(), 0);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CountDownLatch stop = new CountDownLatch(1);
    List<Thread> readers = new ArrayList<>();
    readers.add(reader(failure, stop, () -> loads(Seeds.random(seed), stop)));
    readers.add(reader(failure, stop, () -> scans(stop)));
    int cycles = 0;
    long end = System.nanoTime() + RUN_NANOS;
    try {
      RandomGenerator random = Seeds.random(seed);
      while (stop.getCount() > 0 && (System.nanoTime() < end || cycles < 20 || laps.areMissing())) {
        cycle(random);
        cycles++;
      }
    } finally {
      stop.countDown();
      for (Thread reader : readers) {
        reader.join();
      }
    }
    if (failure.get() != null) {
      throw new AssertionError("after " + cycles + " cycles", failure.get());
    }
    TreeCheck.check(array, true);
  }

  private static Thread reader(
      AtomicReference<Throwable> failure, CountDownLatch stop, Runnable body) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                body.run();
              } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
                stop.countDown();
              }
            });
  }

  /** One collapse of the range, committed or rolled back, and one split back to pages. */
  private void cycle(RandomGenerator random) {
    XArrayCursor<Placed> cursor = array.cursor();
    long size = 1L << order;
    cursor.lock();
    cursor.reserveNodes(base, base + size - 1);
    for (long i = base; i < base + size; i += 2) {
      cursor.storePlaceholder(i);
    }
    if (random.nextInt(4) == 0) {
      for (long i = base; i < base + size; i += 2) {
        cursor.erase(i);
      }
    } else {
      cursor.store(base, order, new Placed(base, size));
    }
    cursor.unlock();

    cursor.lock();
    int from = order;
    while (cursor.order(base) > 0) {
      int to = random.nextInt(from);
      for (long i = base; i < base + size; i += 1L << from) {
        cursor.split(i, from, to);
      }
      from = to;
      storeSmall(cursor, from);
    }
    cursor.unlock();
  }

  /** Stores at odd multiples of a size, and at the smallest size makes holes between them. */
  private void storeSmall(XArrayCursor<Placed> cursor, int smallOrder) {
    boolean locked = cursor.isLocked();
    if (!locked) {
      cursor.lock();
    }
    long step = 1L << smallOrder;
    for (long i = base; i < base << 1; i += step) {
      if (smallOrder > 0 || i % 2 == 1) {
        cursor.store(i, smallOrder, new Placed(i, step));
      } else {
        cursor.erase(i);
      }
    }
    if (!locked) {
      cursor.unlock();
    }
  }

  private void loads(RandomGenerator random, CountDownLatch stop) {
    while (stop.getCount() > 0) {
      for (int i = 0; i < 1000; i++) {
        long index = base + random.nextLong(1L << order);
        Placed met = array.load(index);
        assertTrue(met != null || index % 2 == 0, () -> "a hole at " + index);
        assertTrue(met == null || met.covers(index), () -> met + " at " + index);
      }
      assertEquals(null, array.load(base - 1));
      assertEquals(null, array.load(base << 1));
      laps.count(0);
    }
  }

  private void scans(CountDownLatch stop) {
    while (stop.getCount() > 0) {
      XArrayScan<Placed> scan = array.scan(base, (base << 1) - 1);
      long odd = base + 1; // the next index that is always present
      while (scan.next()) {
        Placed met = scan.entry();
        long at = scan.index();
        assertTrue(met.covers(at), () -> met + " at " + at);
        long expected = odd;
        assertTrue(at <= expected, () -> "skipped " + expected + " for " + at);
        long seenUpTo = met.first + met.count;
        odd = Math.max(odd, seenUpTo | 1);
      }
      assertTrue(odd > (base << 1) - 1, "ended before " + odd);
      laps.count(1);
    }
  }
}
