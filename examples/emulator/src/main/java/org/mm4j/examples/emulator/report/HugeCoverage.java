/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.report;

import java.util.List;
import java.util.Locale;
import org.mm4j.MappingView;
import org.mm4j.examples.emulator.memory.MemoryLayout;

/**
 * How much of the mapped memory is mapped by huge pages.
 *
 * @param hugeBytes mapped by huge translations
 * @param residentBytes has translations at all
 * @param map one character for each 2 MiB of every mapping that has some huge: {@code #} huge,
 *     {@code .} not, mappings separated by a blank
 */
public record HugeCoverage(long hugeBytes, long residentBytes, String map) {
  private static final long RANGE = MemoryLayout.HUGE_PAGE_BYTES;
  private static final int MOST_RANGES = 16;

  /** Sums up mappings. */
  public static HugeCoverage of(List<MappingView> mappings) {
    long huge = 0;
    long resident = 0;
    StringBuilder map = new StringBuilder();
    for (MappingView view : mappings) {
      huge += view.hugeBytes();
      resident += view.residentBytes();
      if (view.hugeBytes() > 0) {
        map.append(map.isEmpty() ? "" : " ").append(bar(view));
      }
    }
    return new HugeCoverage(huge, resident, map.toString());
  }

  /** A long mapping is shown to scale. */
  private static String bar(MappingView view) {
    long ranges = Math.max(1, view.range().lengthBytes() / RANGE);
    long huge = view.hugeBytes() / RANGE;
    int width = (int) Math.min(ranges, MOST_RANGES);
    int filled = (int) Math.max(1, huge * width / ranges);
    return "#".repeat(filled) + ".".repeat(width - filled);
  }

  /** Returns a percentage of what is resident. */
  public String percent() {
    return residentBytes == 0
        ? "0 %"
        : String.format(Locale.ROOT, "%d %%", hugeBytes * 100 / residentBytes);
  }
}
