/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.measure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.mm4j.examples.offheap.store.RecordStore;

/** Random reads of records, through the store. */
final class StoreReads implements Reads {
  private static final int NEXT = 0;

  private final String name;
  private final RecordStore store;

  StoreReads(String name, RecordStore store) {
    this.name = name;
    this.store = store;
  }

  @Override
  public String name() {
    return name;
  }

  /** Lays the chain. */
  void link(Permutation order) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment empty = arena.allocate(store.recordBytes());
      while (store.size() < order.length()) {
        store.add(empty);
      }
    }
    for (long position = 0; position < order.length(); position++) {
      store.putLong(order.at(position), NEXT, order.at(position + 1));
    }
  }

  @Override
  public int follow(int from, int steps) {
    int record = from;
    for (int step = 0; step < steps; step++) {
      record = (int) store.getLong(record, NEXT);
    }
    return record;
  }

  @Override
  public long sum(Permutation order, long from, int steps) {
    long sum = 0;
    for (int step = 0; step < steps; step++) {
      sum += store.getLong(order.at(from + step), NEXT);
    }
    return sum;
  }
}
