/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.GuestCpu;
import org.mm4j.KhugepagedTunables;
import org.mm4j.MapRequest;
import org.mm4j.MemoryAccessException;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.testkit.Laps;

/**
 * Several processors read and write memory while it is collapsed, punched, truncated and unmapped:
 * every value read is the one its owner wrote last, or zero where something was taken away.
 *
 * <p>Each processor owns one word of every page, so it knows what it must find. The file has three
 * parts: one that is only collapsed (nothing may ever be lost there), one that is also punched and
 * truncated, and one that is also unmapped. Freed frames are reused at once by a file whose content
 * is checked: a store through a stale translation would land there.
 */
final class CollapseUnderLoadTest {
  private static final int PAGE = 4096;
  private static final int CPUS = 3;
  private static final int OPERATIONS = 60_000;

  /** Huge pages per part. */
  private static final int HUGE_PER_PART = 4;

  /** Of the thread that collapses, and the one that takes pages away. */
  private final Laps laps = new Laps(2, 5);

  private final long seed = Long.getLong("mm4j.seed", new Random().nextLong());

  private enum Part {
    KEPT,
    PUNCHED,
    UNMAPPED
  }

  @ParameterizedTest(name = "huge order {0}")
  @ValueSource(ints = {3, 9})
  void noValueIsLostAndNoTranslationIsStale(int hugeOrder) throws Exception {
    int hugeBytes = PAGE << hugeOrder;
    int partBytes = HUGE_PER_PART * hugeBytes;
    try (MemorySystem memory =
        MemorySystem.simulated()
            .physicalBytes(8L * Part.values().length * partBytes)
            .hugeOrder(hugeOrder)
            .khugepaged(KhugepagedTunables.linux(hugeOrder).withPace(64 << hugeOrder, 0))
            .build()) {
      MemoryFile file = memory.createMemoryFile("load", Set.of());
      file.truncate(3L * partBytes);
      AddressSpace space = memory.newAddressSpace();
      long base = space.map(MapRequest.shared(file, 0, 3L * partBytes));
      long alias = space.map(MapRequest.shared(file, 0, 3L * partBytes));
      space.advise(new AddressRange(alias, 3L * partBytes), Advice.HUGEPAGE);

      AtomicInteger running = new AtomicInteger(CPUS);
      List<Future<?>> work = new ArrayList<>();
      try (ExecutorService threads = Executors.newCachedThreadPool()) {
        for (int cpu = 0; cpu < CPUS; cpu++) {
          int number = cpu;
          work.add(
              threads.submit(
                  () -> {
                    try {
                      new Processor(space, base, partBytes, number).run();
                    } finally {
                      running.decrementAndGet();
                    }
                  }));
        }
        work.add(
            threads.submit(
                () -> {
                  Random random = new Random(seed ^ 1);
                  while (running.get() > 0) {
                    long offset = (long) random.nextInt(3 * HUGE_PER_PART) * hugeBytes;
                    collapse(space, new AddressRange(alias + offset, hugeBytes));
                    memory.hugePages().scanOnce();
                    laps.count(0);
                  }
                }));
        work.add(
            threads.submit(
                () -> {
                  Random random = new Random(seed ^ 2);
                  while (running.get() > 0) {
                    takeAway(random, file, space, base, partBytes);
                    reuseFrames(memory, random);
                    laps.count(1);
                  }
                }));
        for (Future<?> each : work) {
          each.get(90, TimeUnit.SECONDS);
        }
      } catch (Exception | AssertionError e) {
        throw new AssertionError("-Dmm4j.seed=" + seed + ": " + e.getMessage(), e);
      }
      space.close();
      file.close();
      assertEquals(memory.statistics().totalFrames(), memory.statistics().freeFrames());
    }
  }

  private static void collapse(AddressSpace space, AddressRange range) {
    try {
      space.advise(range, Advice.COLLAPSE);
    } catch (MemoryException e) {
      if (e.errno() != Errno.EAGAIN
          && e.errno() != Errno.EINVAL
          && e.errno() != Errno.EBUSY
          && e.errno() != Errno.ENOMEM) {
        throw e;
      }
    }
  }

  /** Takes pages away from the second and third part. */
  private static void takeAway(
      Random random, MemoryFile file, AddressSpace space, long base, int partBytes) {
    int pages = partBytes / PAGE;
    long offset = partBytes + (long) random.nextInt(pages) * PAGE;
    switch (random.nextInt(4)) {
      case 0 -> file.punchHole(offset, (long) PAGE * (1 + random.nextInt(8)));
      case 1 -> space.advise(new AddressRange(base + offset, PAGE), Advice.DONTNEED);
      case 2 -> {
        // The third part: other pages are mapped there for a moment, or none.
        long unmapped = 2L * partBytes + (long) random.nextInt(pages - 8) * PAGE;
        space.unmap(new AddressRange(base + unmapped, 8L * PAGE));
        space.map(MapRequest.shared(file, unmapped, 8L * PAGE).at(base + unmapped));
      }
      default -> {
        long size = file.sizeBytes();
        long tail = 2L * partBytes + (long) random.nextInt(pages) * PAGE;
        file.truncate(tail);
        file.truncate(size);
      }
    }
  }

  /** Uses freed frames for something else, and looks whether anybody else wrote there. */
  @SuppressWarnings("ThreadPriorityCheck") // only makes a stale write more likely to be seen
  private static void reuseFrames(MemorySystem memory, Random random) {
    byte[] content = new byte[8 * PAGE];
    random.nextBytes(content);
    try (MemoryFile scratch = memory.createMemoryFile("scratch", Set.of())) {
      scratch.write(0, MemorySegment.ofArray(content));
      Thread.yield();
      byte[] found = new byte[content.length];
      scratch.read(0, MemorySegment.ofArray(found));
      for (int i = 0; i < found.length; i++) {
        assertEquals(content[i], found[i], "a stale translation wrote at byte " + i);
      }
    }
  }

  /** One processor, its words, and what it must find in them. */
  private final class Processor {
    private final AddressSpace space;
    private final long base;
    private final int pagesPerPart;
    private final int number;
    private final long[] written;
    private final Random random;

    Processor(AddressSpace space, long base, int partBytes, int number) {
      this.space = space;
      this.base = base;
      this.pagesPerPart = partBytes / PAGE;
      this.number = number;
      this.written = new long[3 * pagesPerPart];
      this.random = new Random(seed ^ (number + 10));
    }

    void run() {
      try (GuestCpu cpu = space.newCpu()) {
        cpu.enter();
        for (int i = 1; i <= OPERATIONS || laps.areMissing(); i++) {
          int page = random.nextInt(written.length);
          try {
            access(cpu, page, i);
          } catch (MemoryAccessException e) {
            mayBeGone(page, e);
            cpu.enter();
          }
          cpu.poll();
        }
        cpu.exit();
      }
    }

    private void access(GuestCpu cpu, int page, long value) {
      long address = base + (long) page * PAGE + number * 8L;
      long found = cpu.loadLong(address);
      if (found != written[page] && !(found == 0 && partOf(page) != Part.KEPT)) {
        throw new AssertionError(
            "processor "
                + number
                + ", page "
                + page
                + " ("
                + partOf(page)
                + "): wrote "
                + written[page]
                + ", found "
                + found);
      }
      if ((value & 1) == 0) {
        cpu.storeLong(address, value);
        written[page] = value;
      } else {
        written[page] = found;
      }
    }

    private void mayBeGone(int page, MemoryAccessException e) {
      if (partOf(page) != Part.UNMAPPED) {
        throw new AssertionError("page " + page + " cannot be gone", e);
      }
    }

    private Part partOf(int page) {
      return List.of(Part.values()).get(page / pagesPerPart);
    }
  }
}
