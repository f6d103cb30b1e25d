/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.measure;

import org.mm4j.examples.offheap.memory.StoreMemory;

/**
 * Random loads of a store's memory with no store around them: no store there can be faster. They
 * follow the chain that the store has laid.
 */
final class BareReads implements Reads {
  private final String name;
  private final StoreMemory memory;
  private final int stride;

  BareReads(String name, StoreMemory memory, int stride) {
    this.name = name;
    this.memory = memory;
    this.stride = stride;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int follow(int from, int steps) {
    int place = from;
    for (int step = 0; step < steps; step++) {
      place = (int) memory.getLong((long) place * stride);
    }
    return place;
  }

  @Override
  public long sum(Permutation order, long from, int steps) {
    long sum = 0;
    for (int step = 0; step < steps; step++) {
      sum += memory.getLong((long) order.at(from + step) * stride);
    }
    return sum;
  }
}
