/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.conformance;

import java.util.random.RandomGenerator;
import org.mm4j.Pages;

/**
 * One call with its arguments, weighted towards the edges of pages, huge pages and the file.
 *
 * <p>Never generated, because {@code docs/LINUX-COMPATIBILITY.md} says that mm-linux differs there:
 * a registration, or the end of one, that is not mapped throughout.
 *
 * @param kind what is called
 * @param mapping through which of the two mappings, where it goes through one
 * @param offsetBytes where in the file or the mapping
 * @param lengthBytes how much
 * @param value a byte to write, or a choice
 */
record RandomCall(Kind kind, int mapping, long offsetBytes, long lengthBytes, int value) {
  /** The size of the file and of each mapping, in huge pages. */
  static final int HUGE_PAGES = 2;

  static final long HUGE_BYTES = 2 << 20;
  static final long BYTES = HUGE_PAGES * HUGE_BYTES;

  /** The calls, each as often as it is likely. */
  enum Kind {
    WRITE,
    READ,
    TRUNCATE,
    ALLOCATE,
    PUNCH,
    SEEK,
    STORE,
    LOAD,
    DONTNEED,
    REMOVE,
    RESIDENCY,
    COLLAPSE,
    REGISTER,
    UNREGISTER,
    COPY,
    ZERO,
    WAKE
  }

  private static final Kind[] OFTEN = {
    Kind.WRITE, Kind.STORE, Kind.LOAD, Kind.COLLAPSE, Kind.COLLAPSE, Kind.COPY, Kind.PUNCH
  };

  static RandomCall next(RandomGenerator random) {
    Kind[] all = Kind.values();
    int choice = random.nextInt(all.length + OFTEN.length);
    Kind kind = choice < all.length ? all[choice] : OFTEN[choice - all.length];
    int mapping = random.nextInt(2);
    return switch (kind) {
      case COLLAPSE -> {
        long offset = random.nextInt(8) == 0 ? offset(random) : huge(random);
        yield new RandomCall(
            kind, mapping, offset, HUGE_BYTES * (1 + random.nextInt(2)), random.nextInt(6));
      }
      case REGISTER, UNREGISTER, COPY, ZERO, WAKE, DONTNEED, REMOVE, RESIDENCY -> {
        boolean odd = random.nextInt(12) == 0;
        long offset = odd ? offset(random) : Pages.alignDown(offset(random));
        long length = odd ? length(random) : Pages.alignUp(length(random));
        long limit = kind == Kind.COPY || kind == Kind.ZERO ? 8L << Pages.SHIFT : BYTES;
        if (kind == Kind.REGISTER || kind == Kind.UNREGISTER) {
          limit = BYTES - offset;
        }
        yield new RandomCall(
            kind, mapping, offset, Math.min(length, limit), 1 + random.nextInt(100));
      }
      default ->
          new RandomCall(kind, mapping, offset(random), length(random), 1 + random.nextInt(100));
    };
  }

  private static long huge(RandomGenerator random) {
    return random.nextInt(HUGE_PAGES) * HUGE_BYTES;
  }

  /** An offset near the edge of a page or a huge page, or anywhere. */
  private static long offset(RandomGenerator random) {
    int near = random.nextInt(5) - 2;
    long offset =
        switch (random.nextInt(5)) {
          case 0 -> (long) random.nextInt((int) (BYTES >> Pages.SHIFT)) << Pages.SHIFT;
          case 1 -> ((long) random.nextInt((int) (BYTES >> Pages.SHIFT)) << Pages.SHIFT) + near;
          case 2 -> random.nextInt(HUGE_PAGES + 1) * HUGE_BYTES + near;
          case 3 -> (long) random.nextInt(6) << Pages.SHIFT;
          default -> random.nextLong(BYTES);
        };
    return Math.clamp(offset, 0, BYTES - 1);
  }

  private static long length(RandomGenerator random) {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextInt(10);
      case 1 -> random.nextInt(3 << Pages.SHIFT);
      case 2 -> (long) random.nextInt(100) << Pages.SHIFT;
      case 3 -> HUGE_BYTES + random.nextInt(5) - 2;
      default -> (long) (1 + random.nextInt(4)) << Pages.SHIFT;
    };
  }
}
