/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.pagetable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Walkers, whoever fills entries, and whoever takes tables away, all at once. */
class RetractRaceTest {
  private static final long PAGE = 4096;
  private static final int ROUNDS = 30_000;
  private static final int MOST_ROUNDS = 100_000_000;

  @Test
  void rule_3_7_noEntryIsLostInATableThatIsTakenAway() throws Exception {
    PageTables tables = new PageTables(3);
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong walks = new AtomicLong();
    AtomicLong retracted = new AtomicLong();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      Callable<@Nullable Void> walker =
          () -> {
            while (!done.get()) {
              for (int i = 0; i < 8; i++) {
                long entry = tables.walk(i * PAGE);
                assertTrue(entry == 0 || Entry.frame(entry) == i + 1L, "entry of another page");
              }
              walks.incrementAndGet();
            }
            return null;
          };
      Callable<@Nullable Void> retractor =
          () -> {
            while (!done.get()) {
              if (tables.retract(0)) {
                retracted.incrementAndGet();
              }
            }
            return null;
          };
      Future<@Nullable Void> walking = threads.submit(walker);
      Future<@Nullable Void> retracting = threads.submit(retractor);
      try {
        // At least so many rounds, and until the others have run beside them: on a busy machine all
        // rounds may be over before a thread has begun. The bound only ends a run that hangs.
        for (int round = 0; round < ROUNDS || !raced(walks, retracted, round); round++) {
          long address = (round % 8) * PAGE;
          long frame = round % 8 + 1L;
          long entry = Entry.of(frame, Entry.PRESENT | Entry.READABLE);
          assertTrue(tables.mapPage(address, entry));
          assertEquals(entry, tables.walk(address), "round " + round);
          assertEquals(entry, tables.clear(address, frame, 1), "round " + round);
        }
      } finally {
        done.set(true);
      }
      walking.get();
      retracting.get();
      assertTrue(walks.get() > 0, "the walker never ran");
      assertTrue(retracted.get() > 0, "no table was ever taken away");
    }
    assertEquals(0, tables.residentPages());
  }

  private static boolean raced(AtomicLong walks, AtomicLong retracted, int round) {
    return round >= MOST_ROUNDS || (walks.get() > 0 && retracted.get() >= 100);
  }
}
