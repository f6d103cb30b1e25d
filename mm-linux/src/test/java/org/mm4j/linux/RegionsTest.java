/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.mm4j.AddressRange;

final class RegionsTest {
  private static final int SIZE = 64;

  @Test
  void agreesWithAnArray() {
    Long fixed = Long.getLong("mm4j.seed");
    long seed = fixed != null ? fixed : System.nanoTime();
    Random random = new Random(seed);
    Regions regions = new Regions();
    int[] model = new int[SIZE];
    for (int step = 0; step < 20_000; step++) {
      int start = random.nextInt(SIZE);
      int end = start + random.nextInt(SIZE - start + 1);
      AddressRange range = new AddressRange(start, end - start);
      int bits = random.nextInt(4);
      if (bits == 0) {
        regions.remove(range);
      } else {
        regions.put(range, bits);
      }
      java.util.Arrays.fill(model, start, end, bits);
      String replay = "step " + step + " (replay: -Dmm4j.seed=" + seed + ")";
      assertEquals(covered(model, start, end) == end - start, covers(regions, range), replay);
      for (Regions.Region region : regions.in(range)) {
        for (long at = region.start(); at < region.end(); at++) {
          assertEquals(model[(int) at], region.bits(), replay);
        }
      }
      assertEquals(covered(model, 0, SIZE), sum(regions.all()), replay);
    }
  }

  private static boolean covers(Regions regions, AddressRange range) {
    return Regions.cover(regions.in(range), range);
  }

  private static long covered(int[] model, int start, int end) {
    return java.util.Arrays.stream(model, start, end).filter(bits -> bits != 0).count();
  }

  private static long sum(List<Regions.Region> regions) {
    return regions.stream().mapToLong(region -> region.end() - region.start()).sum();
  }

  @Test
  void adjacentPiecesAreOneRun() {
    Regions regions = new Regions();
    regions.put(new AddressRange(0, 2), 1);
    regions.put(new AddressRange(2, 2), 2);
    regions.put(new AddressRange(6, 1), 1);
    assertEquals(
        List.of(new AddressRange(0, 4), new AddressRange(6, 1)), Regions.runs(regions.all()));
  }
}
