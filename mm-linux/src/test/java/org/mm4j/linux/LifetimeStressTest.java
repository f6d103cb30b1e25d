/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.Protection;
import org.mm4j.RemapFlag;

/**
 * Several threads map, unmap, move, protect, read, write and view the same few ranges. Whatever
 * they meet is an errno; the JVM lives, and only the one byte they all write is ever read.
 */
final class LifetimeStressTest extends KernelFixture {
  private static final int THREADS = 4;
  private static final int RANGES = 6;
  private static final int PAGES = 4;
  private static final int STEPS = 4_000;
  private static final Set<Errno> EXPECTED =
      EnumSet.of(Errno.EFAULT, Errno.ENOMEM, Errno.EBUSY, Errno.EEXIST, Errno.EACCES, Errno.EINVAL);

  private final long[] bases = new long[RANGES];

  @Test
  void useRacesWithEveryChangeOfTheLayout() throws Exception {
    Long fixed = Long.getLong("mm4j.seed");
    long seed = fixed != null ? fixed : System.nanoTime();
    for (int i = 0; i < RANGES; i++) {
      bases[i] = space.map(anonymous(PAGES * PAGE));
    }
    List<Callable<Void>> tasks = new ArrayList<>();
    CyclicBarrier begin = new CyclicBarrier(THREADS);
    for (int thread = 0; thread < THREADS; thread++) {
      Random random = new Random(seed + thread);
      tasks.add(
          () -> {
            begin.await();
            for (int step = 0; step < STEPS; step++) {
              attempt(random, "step " + step + " (replay: -Dmm4j.seed=" + seed + ")");
            }
            return null;
          });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
      for (Future<Void> each : threads.invokeAll(tasks)) {
        each.get();
      }
    }
    space.close();
    assertEquals(List.of(), space.book().everything());
    assertEquals(List.of(), space.book().unmappedLater());
  }

  private void attempt(Random random, String replay) {
    try {
      step(random, replay);
    } catch (MemoryException e) {
      if (!EXPECTED.contains(e.errno())) {
        throw new AssertionError(replay, e);
      }
    }
  }

  private void step(Random random, String replay) {
    int page = random.nextInt(PAGES);
    long address = bases[random.nextInt(RANGES)] + page * PAGE;
    long length = (1 + random.nextInt(PAGES - page)) * PAGE;
    switch (random.nextInt(9)) {
      case 0 -> space.map(anonymous(length).at(address));
      case 1 -> space.unmap(range(address, length));
      case 2 -> space.protect(range(address, length), Set.of(Protection.READ));
      case 3 -> space.protect(range(address, length), READ_WRITE);
      case 4 ->
          space.remap(
              range(address, PAGE),
              PAGE,
              EnumSet.of(RemapFlag.MAY_MOVE, RemapFlag.FIXED),
              bases[random.nextInt(RANGES)]);
      case 5 -> space.advise(range(address, length), Advice.DONTNEED);
      case 6 -> space.write(address, bytes((int) length, 7));
      case 7 -> view(address, length, replay);
      default -> read(address, length, replay);
    }
  }

  private void read(long address, long length, String replay) {
    byte[] content = new byte[(int) length];
    space.read(address, MemorySegment.ofArray(content));
    for (byte each : content) {
      assertEquals(0, each & ~7, replay);
    }
  }

  private void view(long address, long length, String replay) {
    try (DirectView view = space.view(range(address, length))) {
      for (long at = 0; at < length; at += PAGE) {
        assertEquals(0, view.segment().get(ValueLayout.JAVA_BYTE, at) & ~7, replay);
      }
    }
  }
}
