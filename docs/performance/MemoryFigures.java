/* SPDX-License-Identifier: Apache-2.0 */

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Set;
import java.util.function.LongSupplier;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.GuestCpu;
import org.mm4j.MapRequest;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;

/**
 * The figures of docs/PERFORMANCE.md: each beside its physical limit, in the same run. One line per figure:
 * the first round (a cold JVM), then the median of the last ten of thirty.
 */
final class MemoryFigures {
  private static final long PAGE = 4096;
  private static final long HUGE = 512 * PAGE;
  private static final long BYTES = 64 << 20;
  private static final long PAGES = BYTES / PAGE;
  private static final int ROUNDS = 30;
  private static final int HITS = 1 << 20;

  private final AddressSpace space;
  private final MemoryFile file;
  private final long base;
  private final MemorySegment plain = Arena.global().allocate(BYTES, HUGE);
  private final MemorySegment target = Arena.global().allocate(HUGE, HUGE);

  private MemoryFigures(MemorySystem memory) {
    file = memory.createMemoryFile("figures", Set.of());
    file.truncate(BYTES);
    space = memory.newAddressSpace();
    base = space.map(MapRequest.shared(file, 0, BYTES));
  }

  public static void main(String[] args) {
    try (MemorySystem memory = MemorySystem.simulated().physicalBytes(512L << 20).build()) {
      new MemoryFigures(memory).run();
    }
  }

  private void run() {
    String[] names = {
      "zero a page (the limit of a fresh fault)",
      "fault on a fresh page, its store included",
      "fault on a page that is present, its load included",
      "copy 512 scattered pages (the limit of a collapse)",
      "MADV_COLLAPSE of 512 mapped pages",
      "plain load, 1 MiB working set",
      "load through the TLB, 1 MiB, small pages",
      "load through the TLB, 1 MiB, huge page"
    };
    double[][] nanos = new double[names.length][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      nanos[0][round] = time(this::zeroPages) / (double) PAGES;
      nanos[1][round] = time(() -> touch(true)) / (double) PAGES;
      space.advise(new AddressRange(base, BYTES), Advice.DONTNEED);
      nanos[2][round] = time(() -> touch(false)) / (double) PAGES;
      nanos[6][round] = time(this::hitTlb) / (double) HITS;
      nanos[3][round] = time(this::copyScattered) / (double) (BYTES / HUGE);
      nanos[4][round] = time(this::collapse) / (double) (BYTES / HUGE);
      nanos[7][round] = time(this::hitTlb) / (double) HITS;
      nanos[5][round] = time(this::hitPlain) / (double) HITS;
      file.punchHole(0, BYTES);
    }
    for (int i = 0; i < names.length; i++) {
      double cold = nanos[i][0];
      double[] warm = Arrays.copyOfRange(nanos[i], ROUNDS - 10, ROUNDS);
      Arrays.sort(warm);
      System.out.printf("%-52s %12.1f ns cold %12.1f ns warm%n", names[i], cold, warm[5]);
    }
  }

  private static long time(LongSupplier work) {
    long start = System.nanoTime();
    sink += work.getAsLong();
    return System.nanoTime() - start;
  }

  /** Keeps results alive. */
  private static long sink;

  private long zeroPages() {
    for (long at = 0; at < BYTES; at += PAGE) {
      plain.asSlice(at, PAGE).fill((byte) 0);
    }
    return 0;
  }

  private long touch(boolean store) {
    long sum = 0;
    try (GuestCpu cpu = space.newCpu()) {
      cpu.enter();
      for (long at = base; at < base + BYTES; at += PAGE) {
        if (store) {
          cpu.storeLong(at, at);
        } else {
          sum += cpu.loadLong(at);
        }
        cpu.poll();
      }
      cpu.exit();
    }
    return sum;
  }

  private long copyScattered() {
    for (long huge = 0; huge < BYTES; huge += HUGE) {
      for (long page = 0; page < 512; page++) {
        long from = ((huge / PAGE + page * 7919) % PAGES) * PAGE;
        MemorySegment.copy(plain, from, target, page * PAGE, PAGE);
      }
    }
    return 0;
  }

  private long collapse() {
    space.advise(new AddressRange(base, BYTES), Advice.COLLAPSE);
    return 0;
  }

  private long hitTlb() {
    long sum = 0;
    try (GuestCpu cpu = space.newCpu()) {
      cpu.enter();
      long index = 1;
      for (int i = 0; i < HITS; i++) {
        index = index * 0x5851F42D4C957F2DL + 1;
        sum += cpu.loadLong(base + (index >>> 44 & 0xFFFF8L));
        if ((i & 15) == 0) {
          cpu.poll();
        }
      }
      cpu.exit();
    }
    return sum;
  }

  private long hitPlain() {
    long sum = 0;
    long index = 1;
    for (int i = 0; i < HITS; i++) {
      index = index * 0x5851F42D4C957F2DL + 1;
      sum += plain.get(ValueLayout.JAVA_LONG, index >>> 44 & 0xFFFF8L);
    }
    return sum;
  }
}
