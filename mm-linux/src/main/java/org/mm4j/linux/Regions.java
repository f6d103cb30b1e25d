/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.mm4j.AddressRange;

/** Disjoint ranges of addresses, each with a number of bits. Not thread-safe. */
final class Regions {
  private final TreeMap<Long, Region> byStart = new TreeMap<>();

  /** A part of the address space with the same bits. */
  record Region(long start, long end, int bits) {
    AddressRange range() {
      return AddressRange.between(start, end);
    }
  }

  /** Gives a range these bits, whatever it had before. */
  void put(AddressRange range, int bits) {
    remove(range);
    if (!range.isEmpty()) {
      byStart.put(range.start(), new Region(range.start(), range.end(), bits));
    }
  }

  /** Takes a range out, cutting what reaches into it. */
  void remove(AddressRange range) {
    for (Region piece : in(range)) {
      Region whole = containing(piece.start());
      byStart.remove(whole.start());
      if (whole.start() < piece.start()) {
        byStart.put(whole.start(), new Region(whole.start(), piece.start(), whole.bits()));
      }
      if (piece.end() < whole.end()) {
        byStart.put(piece.end(), new Region(piece.end(), whole.end(), whole.bits()));
      }
    }
  }

  private Region containing(long address) {
    return byStart.floorEntry(address).getValue();
  }

  /** Returns what lies in a range, in address order, cut to it. */
  List<Region> in(AddressRange range) {
    List<Region> pieces = new ArrayList<>();
    if (range.isEmpty()) {
      return pieces;
    }
    Map.Entry<Long, Region> first = byStart.floorEntry(range.start());
    long from = first == null ? range.start() : first.getKey();
    for (Region each : byStart.subMap(from, range.end()).values()) {
      long start = Math.max(each.start(), range.start());
      long end = Math.min(each.end(), range.end());
      if (start < end) {
        pieces.add(new Region(start, end, each.bits()));
      }
    }
    return pieces;
  }

  /** Returns every region, in address order. */
  List<Region> all() {
    return List.copyOf(byStart.values());
  }

  /** Returns the runs of adjacent pieces, whatever their bits. */
  static List<AddressRange> runs(List<Region> pieces) {
    List<AddressRange> runs = new ArrayList<>();
    for (Region piece : pieces) {
      AddressRange last = runs.isEmpty() ? null : runs.getLast();
      if (last != null && last.end() == piece.start()) {
        runs.set(runs.size() - 1, AddressRange.between(last.start(), piece.end()));
      } else {
        runs.add(piece.range());
      }
    }
    return runs;
  }

  /** Returns whether the pieces leave no gap in the range. */
  static boolean cover(List<Region> pieces, AddressRange range) {
    long covered = 0;
    for (Region piece : pieces) {
      covered += piece.end() - piece.start();
    }
    return covered == range.lengthBytes();
  }
}
