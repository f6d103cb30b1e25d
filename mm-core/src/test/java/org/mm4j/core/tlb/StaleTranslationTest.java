/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.tlb;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.mm4j.testkit.Laps;

/**
 * Guest threads load and store while pages are unmapped and their frames reused. A stale
 * translation would show as another page's stamp.
 */
class StaleTranslationTest {
  private static final long PAGE = TinyMemory.PAGE;
  private static final int PAGES = 24;

  private final AtomicReference<String> violation = new AtomicReference<>();
  private final AtomicBoolean done = new AtomicBoolean();
  private final Laps laps = new Laps(3, 10);

  @Test
  void rule_3_1_noStaleTranslationIsUsedAfterAFlush() throws Exception {
    long seed = Long.getLong("mm4j.seed", 99);
    run(seed, true, 1500, Long.MAX_VALUE);
    assertNull(violation.get(), "seed " + seed);
  }

  @Test
  void rule_3_1_withoutTheFlushTheTestFails() throws Exception {
    long seed = Long.getLong("mm4j.seed", 99);
    run(seed, false, Integer.MAX_VALUE, System.nanoTime() + 20_000_000_000L);
    assertTrue(violation.get() != null, "a stale translation went unnoticed");
  }

  private void run(long seed, boolean flush, int rounds, long deadline) throws Exception {
    try (TinyMemory memory = new TinyMemory(PAGES, PAGES, 3)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        long own = seed + i;
        int number = i;
        threads.add(new Thread(() -> watch(() -> guest(memory, own, number))));
      }
      threads.add(new Thread(() -> watch(() -> systemCalls(memory, seed + 7))));
      threads.forEach(Thread::start);
      Random random = new Random(seed);
      try {
        for (int round = 0; violation.get() == null; round++) {
          memory.evict(random.nextInt(PAGES), flush);
          if (System.nanoTime() > deadline || (round >= rounds && !laps.areMissing())) {
            break;
          }
        }
      } finally {
        done.set(true);
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private void watch(Runnable body) {
    try {
      body.run();
    } catch (Throwable t) {
      violation.compareAndSet(null, t.toString());
    }
  }

  private void guest(TinyMemory memory, long seed, int number) {
    Random random = new Random(seed);
    try (SoftCpu cpu = new SoftCpu(memory.domain, memory)) {
      while (!done.get() && violation.get() == null) {
        cpu.enter();
        for (int i = 0; i < 50; i++) {
          long page = random.nextInt(PAGES);
          long address = page * PAGE + random.nextInt(512) * 8L;
          check(page, cpu.loadLong(address));
          cpu.storeLong(address, TinyMemory.stamp(page));
          cpu.poll();
        }
        laps.count(number);
        if (random.nextInt(4) == 0) {
          cpu.exit();
        }
      }
    }
  }

  private void systemCalls(TinyMemory memory, long seed) {
    Random random = new Random(seed);
    PlainAccess plain = new PlainAccess(memory.domain, memory);
    MemorySegment bytes = MemorySegment.ofArray(new long[1]);
    while (!done.get() && violation.get() == null) {
      long page = random.nextInt(PAGES);
      plain.read(page * PAGE + 8, bytes);
      check(page, bytes.get(ValueLayout.JAVA_LONG, 0));
      bytes.set(ValueLayout.JAVA_LONG, 0, TinyMemory.stamp(page));
      plain.write(page * PAGE + 16, bytes);
      laps.count(2);
    }
  }

  private void check(long page, long value) {
    if (value != TinyMemory.stamp(page)) {
      throw new AssertionError(
          String.format("page %d shows 0x%x instead of its stamp", page, value));
    }
  }
}
