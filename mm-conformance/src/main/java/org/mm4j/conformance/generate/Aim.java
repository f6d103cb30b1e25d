/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.Pages;
import org.mm4j.conformance.scenario.Step;
import org.mm4j.conformance.scenario.World;
import org.mm4j.conformance.scenario.World.Area;

/**
 * Chooses addresses, lengths and offsets: near the edges of pages, huge pages, mappings and files,
 * and a few pages again and again, so that calls meet.
 */
final class Aim {
  static final long PAGE = Pages.SIZE_BYTES;
  static final long HUGE = 2L << 20;
  static final int HUGE_PAGES = (int) (HUGE / PAGE);

  /** Where scenarios map: beyond every small number, far below the executor's own area. */
  static final long ARENA = 0x10_0000_0000L;

  private static final int WINDOWS = 10;
  private static final int FILE_HUGE_PAGES = 3;

  private final RandomGenerator random;
  private final int[] pool;

  Aim(RandomGenerator random) {
    this.random = random;
    int last = FILE_HUGE_PAGES * HUGE_PAGES - 1;
    this.pool =
        new int[] {
          0,
          1,
          2,
          HUGE_PAGES - 1,
          HUGE_PAGES,
          HUGE_PAGES + 1,
          2 * HUGE_PAGES - 1,
          2 * HUGE_PAGES,
          random.nextInt(last),
          random.nextInt(last),
          random.nextInt(last)
        };
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  <T> T oneOf(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  long oneOf(long... values) {
    return values[random.nextInt(values.length)];
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /** Returns an area of a space, or null if nothing was mapped there yet. */
  @Nullable Area area(World world, int space) {
    World.SpaceState state = world.spaces().get(space);
    if (state == null || state.areas().isEmpty()) {
      return null;
    }
    return chance(40) ? state.areas().getLast() : oneOf(state.areas());
  }

  /** An address where nothing may be, or nobody may be. Never one that covers the executor. */
  long hostileAddress() {
    return oneOf(
        0,
        1,
        PAGE,
        ARENA - PAGE,
        ARENA + 1,
        ARENA + (long) WINDOWS * HUGE + HUGE,
        1L << 47,
        1L << 63,
        -PAGE,
        -1);
  }

  /** A length that makes a range empty, unaligned, or wrap. Never one that covers the executor. */
  long hostileLength() {
    return oneOf(0, 1, PAGE - 1, PAGE + 1, -PAGE, -1);
  }

  /** Where a mapping may begin: a huge page, sometimes a few pages further. */
  long mapAddress() {
    long window = ARENA + random.nextInt(WINDOWS) * HUGE;
    return chance(80) ? window : window + oneOf(PAGE, 2 * PAGE, HUGE - PAGE);
  }

  /** The length of a mapping. */
  long mapLength() {
    return switch (random.nextInt(8)) {
      case 0 -> PAGE * (1 + random.nextInt(4));
      case 1 -> HUGE - PAGE;
      case 2 -> HUGE + PAGE;
      case 3, 4 -> HUGE;
      case 5, 6 -> 2 * HUGE;
      default -> 3 * HUGE;
    };
  }

  /** Where in a file a mapping begins. */
  long mapOffset() {
    return chance(75) ? 0 : oneOf(HUGE, PAGE, HUGE - PAGE, 2 * HUGE, HUGE + PAGE);
  }

  /** The size of a file, or an offset in one. */
  long fileSize() {
    long size =
        switch (random.nextInt(6)) {
          case 0 -> page() * PAGE;
          case 1 -> page() * PAGE + oneOf(1, 100, PAGE - 1);
          case 2 -> random.nextInt(FILE_HUGE_PAGES + 1) * HUGE;
          case 3 -> (1 + random.nextInt(FILE_HUGE_PAGES)) * HUGE + oneOf(-PAGE, -1, 1, PAGE);
          default -> (1 + random.nextInt(FILE_HUGE_PAGES)) * HUGE;
        };
    return Math.clamp(size, 0, FILE_HUGE_PAGES * HUGE);
  }

  /** A page number in a file or an area. */
  int page() {
    return chance(80) ? pool[random.nextInt(pool.length)] : random.nextInt(3 * HUGE_PAGES);
  }

  /** An offset in a file, near its end or an edge. */
  long fileOffset(long sizeBytes) {
    long offset =
        switch (random.nextInt(5)) {
          case 0 -> sizeBytes + oneOf(-PAGE, -1, 0, 1, PAGE);
          case 1 -> random.nextInt(FILE_HUGE_PAGES + 1) * HUGE + oneOf(-PAGE, -1, 0, 1);
          case 2 -> page() * PAGE + oneOf(0, 1, PAGE / 2, PAGE - 1);
          default -> page() * PAGE;
        };
    return Math.max(0, offset);
  }

  /** A length of file content. */
  long fileLength() {
    return switch (random.nextInt(8)) {
      case 0 -> 1 + random.nextInt(16);
      case 1 -> oneOf(PAGE - 1, PAGE + 1, 3 * PAGE / 2);
      case 2 -> HUGE;
      case 3 -> HUGE - PAGE;
      case 4 -> PAGE * (1 + random.nextInt(8));
      default -> PAGE;
    };
  }

  /** A page-aligned address in an area, or perhaps just behind it. */
  long pageIn(World world, Area area) {
    long pages = Math.max(1, area.range().lengthBytes() / PAGE);
    long page =
        switch (random.nextInt(6)) {
          case 0 -> pages - 1;
          case 1 -> endOfFile(world, area) + oneOf(-1, 0, 1);
          case 2 -> edgeOfHugePage(area);
          default -> page();
        };
    boolean outside = chance(3);
    long first = Pages.alignDown(area.range().start());
    return first + PAGE * (outside ? pages : Math.clamp(page, 0, pages - 1));
  }

  /** A page in a range. */
  long pageOf(AddressRange range) {
    long pages = Math.max(1, range.lengthBytes() / PAGE);
    return Pages.alignDown(range.start()) + PAGE * Math.min(page(), pages - 1);
  }

  private static long endOfFile(World world, Area area) {
    World.FileState file = world.files().get(area.file());
    long sizeBytes = file == null ? 0 : file.sizeBytes();
    return (sizeBytes - area.offsetBytes()) / PAGE;
  }

  private long edgeOfHugePage(Area area) {
    long first = Aim.alignUpHuge(area.range().start());
    return (first - area.range().start()) / PAGE + random.nextLong(3) * HUGE_PAGES + oneOf(-1, 0);
  }

  /** The address of the first page that begins a huge page, in an area; or the area's first. */
  long hugeIn(Area area) {
    long first = alignUpHuge(area.range().start());
    long count = (area.range().end() - first) / HUGE;
    return count <= 0 ? area.range().start() : first + random.nextInt((int) count) * HUGE;
  }

  static long alignUpHuge(long address) {
    return (address + HUGE - 1) & -HUGE;
  }

  /** A whole number of pages. */
  long pages() {
    return switch (random.nextInt(8)) {
      case 0 -> PAGE * (2 + random.nextInt(3));
      case 1 -> HUGE;
      case 2 -> HUGE + oneOf(-PAGE, PAGE);
      case 3 -> 2 * HUGE;
      default -> PAGE;
    };
  }

  /** A range of whole pages in an area; sometimes all of it. */
  AddressRange range(World world, Area area) {
    if (chance(30)) {
      return area.range();
    }
    if (chance(25)) {
      return new AddressRange(hugeIn(area), HUGE);
    }
    return new AddressRange(pageIn(world, area), pages());
  }

  /** A page that a thread waits for, or null. */
  @Nullable Long waitedFor(World world) {
    List<Long> pages = new ArrayList<>();
    for (Step step : world.waiting().values()) {
      for (int i = 0; i < step.arguments().size(); i++) {
        if (step.call().parameters().get(i) == org.mm4j.conformance.scenario.Parameter.ADDRESS) {
          pages.add(Pages.alignDown(step.argument(i)));
        }
      }
    }
    return pages.isEmpty() ? null : oneOf(pages);
  }
}
