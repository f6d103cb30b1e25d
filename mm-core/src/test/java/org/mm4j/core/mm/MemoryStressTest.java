/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.mm4j.core.mm.World.PAGE;
import static org.mm4j.core.mm.World.range;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.mm4j.Access;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.GuestCpu;
import org.mm4j.MapFlag;
import org.mm4j.MemoryAccessException;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
import org.mm4j.Pin;
import org.mm4j.Protection;
import org.mm4j.testkit.Laps;

/**
 * Guests and system calls load and store while everything else happens to their memory: unmap, map,
 * protect, DONTNEED, punched holes, huge pages, forks, pins. A page shows its stamp or zeros, never
 * anything else, and in the end the books agree.
 */
class MemoryStressTest {
  private static final long BASE = 1L << 32;
  private static final int PAGES = 32;

  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicBoolean done = new AtomicBoolean();
  private final Laps laps = new Laps(4, 10);

  private static long stamp(long page) {
    return 0x5AFE_0000_0000_0000L | page;
  }

  @Test
  void contentsAreRightUnderEverything() throws Exception {
    long seed = Long.getLong("mm4j.seed", 2718);
    try (World world = new World()) {
      world.space.map(world.request(BASE, 0, PAGES, MapFlag.FIXED));
      List<Thread> threads = new ArrayList<>();
      threads.add(new Thread(() -> watch(() -> guest(world.space, seed + 1, 0))));
      threads.add(new Thread(() -> watch(() -> guest(world.space, seed + 2, 1))));
      threads.add(new Thread(() -> watch(() -> systemCalls(world.space, seed + 3))));
      threads.add(new Thread(() -> watch(() -> files(world.file, seed + 4))));
      threads.forEach(Thread::start);
      watch(() -> change(world, seed));
      done.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      assertNull(failure.get(), "seed " + seed);
      world.assertBooks();
    }
  }

  private void watch(Runnable body) {
    try {
      body.run();
    } catch (Throwable t) {
      t.printStackTrace();
      failure.compareAndSet(null, t);
    }
  }

  private boolean runs() {
    return !done.get() && failure.get() == null;
  }

  private void guest(AddressSpace space, long seed, int number) {
    Random random = new Random(seed);
    try (GuestCpu cpu = space.newCpu()) {
      while (runs()) {
        try {
          cpu.enter();
          for (int i = 0; i < 50; i++) {
            long page = random.nextInt(PAGES);
            long address = BASE + page * PAGE + random.nextInt(512) * 8L;
            check(page, cpu.loadLong(address));
            if (random.nextInt(4) == 0) {
              cpu.storeLong(address, stamp(page));
            }
            cpu.poll();
          }
          if (random.nextInt(4) == 0) {
            cpu.exit();
          }
        } catch (MemoryAccessException e) {
          // unmapped or protected just now
        }
        laps.count(number);
      }
    }
  }

  private void systemCalls(AddressSpace space, long seed) {
    Random random = new Random(seed);
    MemorySegment bytes = MemorySegment.ofArray(new long[1]);
    while (runs()) {
      long page = random.nextInt(PAGES);
      long address = BASE + page * PAGE + random.nextInt(512) * 8L;
      try {
        space.read(address, bytes);
        check(page, bytes.get(ValueLayout.JAVA_LONG, 0));
        bytes.set(ValueLayout.JAVA_LONG, 0, stamp(page));
        space.write(address, bytes);
        try (Pin pin = space.pin(range(BASE + page * PAGE, 1), Access.READ)) {
          check(page, pin.segments().getFirst().get(ValueLayout.JAVA_LONG, 0));
        }
      } catch (MemoryException e) {
        if (e.errno() != Errno.EFAULT) {
          throw e;
        }
      }
      laps.count(2);
    }
  }

  private void files(TestFile file, long seed) {
    Random random = new Random(seed);
    while (runs()) {
      file.remove(new PageRange(random.nextInt(PAGES / 8) * 8L, 8));
      if (random.nextInt(3) == 0) {
        file.addHugeIfEmpty(random.nextInt(PAGES / 8) * 8L);
      }
      laps.count(3);
    }
  }

  private void change(World world, long seed) {
    Random random = new Random(seed);
    ProcessMemory space = world.space;
    for (int round = 0; failure.get() == null && (round < 1500 || laps.areMissing()); round++) {
      long first = random.nextInt(PAGES);
      long pages = 1L + random.nextInt((int) (PAGES - first));
      long address = BASE + first * PAGE;
      switch (random.nextInt(6)) {
        case 0 -> space.unmap(range(address, pages));
        case 1, 2 -> {
          space.map(world.request(BASE, 0, PAGES, MapFlag.FIXED));
          collapseTables(space);
        }
        case 3 -> {
          space.map(world.request(address, first, pages, MapFlag.FIXED));
          space.protect(range(address, pages), Set.of(Protection.READ));
        }
        case 4 -> adviseDontNeed(space, address, pages);
        default -> {
          try (AddressSpace child = space.fork()) {
            systemCall(child, address, first);
          }
        }
      }
    }
  }

  private static void collapseTables(ProcessMemory space) {
    space.mmapLock().lockShared();
    try {
      for (long page = 0; page < PAGES; page += 8) {
        space.mapHuge(BASE + page * PAGE, page % 16 == 0);
      }
    } finally {
      space.mmapLock().unlockShared();
    }
  }

  private static void adviseDontNeed(AddressSpace space, long address, long pages) {
    try {
      space.advise(range(address, pages), Advice.DONTNEED);
    } catch (MemoryException e) {
      if (e.errno() != Errno.ENOMEM) {
        throw e;
      }
    }
  }

  private static void systemCall(AddressSpace space, long address, long page) {
    MemorySegment bytes = MemorySegment.ofArray(new long[1]);
    try {
      space.read(address, bytes);
      check(page, bytes.get(ValueLayout.JAVA_LONG, 0));
    } catch (MemoryException e) {
      if (e.errno() != Errno.EFAULT) {
        throw e;
      }
    }
  }

  private static void check(long page, long value) {
    if (value != 0 && value != stamp(page)) {
      throw new AssertionError(String.format("page %d shows 0x%x", page, value));
    }
  }
}
