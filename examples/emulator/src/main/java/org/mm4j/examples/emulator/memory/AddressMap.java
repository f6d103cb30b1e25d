/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.memory;

import com.google.common.collect.Range;
import com.google.common.collect.RangeMap;
import com.google.common.collect.TreeRangeMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;

/** Which addresses are mapped, and to what. Guarded by {@link GuestMemory}'s lock. */
final class AddressMap {
  /** User addresses are below 2^47, so signed order is right. */
  private final TreeRangeMap<Long, Backing> mapped = TreeRangeMap.create();

  void put(AddressRange range, Backing backing) {
    mapped.putCoalescing(interval(range), backing);
  }

  void remove(AddressRange range) {
    mapped.remove(interval(range));
  }

  boolean isFree(AddressRange range) {
    return mapped.subRangeMap(interval(range)).asMapOfRanges().isEmpty();
  }

  @Nullable Backing at(long address) {
    return mapped.get(address);
  }

  /** The one thing behind a whole range, or null. */
  @Nullable Backing behind(AddressRange range) {
    RangeMap<Long, Backing> part = mapped.subRangeMap(interval(range));
    Map.Entry<Range<Long>, Backing> only =
        part.asMapOfRanges().size() == 1 ? part.asMapOfRanges().entrySet().iterator().next() : null;
    return only != null && only.getKey().equals(interval(range)) ? only.getValue() : null;
  }

  /** The parts of a range that show a given file. */
  List<AddressRange> partsShowing(Object file, AddressRange range) {
    List<AddressRange> parts = new ArrayList<>();
    for (Map.Entry<Range<Long>, Backing> entry :
        mapped.subRangeMap(interval(range)).asMapOfRanges().entrySet()) {
      if (entry.getValue().file().equals(file)) {
        Range<Long> part = entry.getKey();
        parts.add(AddressRange.between(part.lowerEndpoint(), part.upperEndpoint()));
      }
    }
    return parts;
  }

  /**
   * The highest free range of a length within the mmap area, at a multiple of an alignment.
   *
   * @return its start, or -1 if there is none
   */
  long findGap(long lengthBytes, long alignment) {
    long end = MemoryLayout.MMAP_END;
    for (Range<Long> taken : mapped.asDescendingMapOfRanges().keySet()) {
      if (taken.upperEndpoint() < end) {
        long start = alignedBelow(end, lengthBytes, alignment);
        if (start >= taken.upperEndpoint() && start >= MemoryLayout.MMAP_START) {
          return start;
        }
      }
      end = Math.min(end, taken.lowerEndpoint());
    }
    long start = alignedBelow(end, lengthBytes, alignment);
    return start >= MemoryLayout.MMAP_START ? start : -1;
  }

  private static long alignedBelow(long end, long lengthBytes, long alignment) {
    return end - lengthBytes & -alignment;
  }

  private static Range<Long> interval(AddressRange range) {
    return Range.closedOpen(range.start(), range.end());
  }
}
