/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.pagetable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Walkers, whoever fills entries, and whoever takes tables away, all at once. */
class RetractRaceTest {
  private static final long PAGE = 4096;

  @Test
  void noEntryIsLostInATableThatIsTakenAway() throws Exception {
    PageTables tables = new PageTables(3);
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      Callable<Long> walker =
          () -> {
            long walks = 0;
            while (!done.get()) {
              for (int i = 0; i < 8; i++) {
                long entry = tables.walk(i * PAGE);
                assertTrue(entry == 0 || Entry.frame(entry) == i + 1L, "entry of another page");
              }
              walks++;
            }
            return walks;
          };
      Callable<Long> retractor =
          () -> {
            long retracted = 0;
            while (!done.get()) {
              retracted += tables.retract(0) ? 1 : 0;
            }
            return retracted;
          };
      Future<Long> walked = threads.submit(walker);
      Future<Long> retracted = threads.submit(retractor);
      try {
        for (int round = 0; round < 30_000; round++) {
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
      assertTrue(walked.get() > 0);
      assertTrue(retracted.get() > 0);
    }
    assertEquals(0, tables.residentPages());
  }
}
