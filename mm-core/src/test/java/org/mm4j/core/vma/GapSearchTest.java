/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.AddressRange;
import org.mm4j.Pages;

/** The search for free addresses against one that looks at every page. */
final class GapSearchTest {
  private static final int PAGES = 400;
  private static final long PAGE = Pages.SIZE_BYTES;

  /** Where the pages lie: low, across the sign bit, at the very top. */
  private static final long[] BASES = {
    0, 0x7fff_ffff_fff0_0000L, -(PAGES + 1L) << Pages.SHIFT,
  };

  private final VmaTree tree = new VmaTree();
  private final TestMemory mm = new TestMemory(1);

  static LongStream seeds() {
    return Seeds.of(30);
  }

  private void map(long address, int pageCount) {
    tree.insert(
        new MappedVma(
            mm,
            new AddressRange(address, pageCount * PAGE),
            null,
            address >>> Pages.SHIFT,
            0,
            null));
  }

  @ParameterizedTest(name = "-Dmm4j.seed={0}")
  @MethodSource("seeds")
  void theHighestGapWithRoomIsFound(long seed) {
    Random random = new Random(seed);
    long base = BASES[random.nextInt(BASES.length)];
    boolean[] used = new boolean[PAGES];
    double density = random.nextDouble();
    for (int page = 0; page < PAGES; ) {
      int pageCount = 1 + random.nextInt(3);
      if (random.nextDouble() < density && page + pageCount <= PAGES) {
        map(base + page * PAGE, pageCount);
        java.util.Arrays.fill(used, page, page + pageCount, true);
      }
      page += pageCount;
    }
    VmaInvariants.checkStructure(tree);
    for (int i = 0; i < 300; i++) {
      int pageCount = 1 + random.nextInt(random.nextBoolean() ? 6 : 100);
      int alignPages = 1 << random.nextInt(5);
      int lowest = random.nextInt(PAGES / 2);
      int highest = random.nextInt(PAGES + 1);
      OptionalLong expected = search(used, base, pageCount, alignPages, lowest, highest);
      OptionalLong found =
          tree.findGap(
              pageCount * PAGE, alignPages * PAGE, base + lowest * PAGE, base + highest * PAGE);
      assertEquals(
          expected,
          found,
          "-Dmm4j.seed=" + seed + " " + pageCount + " pages, alignment " + alignPages);
    }
  }

  private static OptionalLong search(
      boolean[] used, long base, int pageCount, int alignPages, int lowest, int highest) {
    int end = highest;
    while (end > lowest) {
      if (used[end - 1]) {
        end--;
        continue;
      }
      int start = end;
      while (start > lowest && !used[start - 1]) {
        start--;
      }
      if (end - start >= pageCount + alignPages - 1) {
        long address = base + (end - pageCount) * PAGE;
        return OptionalLong.of(address - Long.remainderUnsigned(address, alignPages * PAGE));
      }
      end = start;
    }
    return OptionalLong.empty();
  }

  @Test
  void anEmptyTreeIsOneGap() {
    assertEquals(OptionalLong.of(7 * PAGE), tree.findGap(3 * PAGE, PAGE, 0, 10 * PAGE));
    assertEquals(OptionalLong.of(0), tree.findGap(10 * PAGE, PAGE, 0, 10 * PAGE));
    assertEquals(OptionalLong.empty(), tree.findGap(11 * PAGE, PAGE, 0, 10 * PAGE));
    assertEquals(OptionalLong.empty(), tree.findGap(PAGE, PAGE, 10 * PAGE, 10 * PAGE));
    assertEquals(OptionalLong.empty(), tree.findGap(PAGE, PAGE, 11 * PAGE, 10 * PAGE));
  }

  @Test
  void lengthsThatWouldOverflowFindNothing() {
    map(16 * PAGE, 1);
    assertEquals(OptionalLong.empty(), tree.findGap(-PAGE, 512 * PAGE, 0, 1L << 47));
    assertEquals(OptionalLong.empty(), tree.findGap(-PAGE, PAGE, 0, 1L << 47));
    assertEquals(OptionalLong.empty(), tree.findGap(PAGE, PAGE, -1, -1));
  }

  @Test
  void boundsWithinAPageAreRoundedInwards() {
    assertEquals(OptionalLong.of(8 * PAGE), tree.findGap(PAGE, PAGE, 1, 9 * PAGE + 5));
    assertEquals(OptionalLong.empty(), tree.findGap(PAGE, PAGE, 8 * PAGE + 1, 9 * PAGE + 5));
  }

  @Test
  void lengthAndAlignmentAreOfPages() {
    assertThrows(IllegalArgumentException.class, () -> tree.findGap(0, PAGE, 0, -1));
    assertThrows(IllegalArgumentException.class, () -> tree.findGap(1, PAGE, 0, -1));
    assertThrows(IllegalArgumentException.class, () -> tree.findGap(PAGE, 3 * PAGE, 0, -1));
    assertThrows(IllegalArgumentException.class, () -> tree.findGap(PAGE, 16, 0, -1));
  }
}
