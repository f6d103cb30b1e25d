/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.examples.offheap.memory.SegmentMemory;
import org.mm4j.examples.offheap.store.RecordStore;

/** That every read is made and checked. */
final class ReadComparisonTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 13, 20})
  void aPermutationMeetsEveryNumberOnce(int bits) {
    Permutation order = new Permutation(bits);
    BitSet met = new BitSet();
    for (long position = 0; position < order.length(); position++) {
      met.set(order.at(position));
    }
    assertEquals(1 << bits, met.cardinality());
    assertEquals(1 << bits, met.length());
    assertEquals(order.at(1), order.at(order.length() + 1L));
  }

  @Test
  void neighboursInOrderAreNoNeighboursInMemory() {
    Permutation order = new Permutation(16);
    int near = 0;
    for (int position = 0; position < order.length(); position++) {
      if (Math.abs(order.at(position) - order.at(position + 1)) < 64) {
        near++;
      }
    }
    assertTrue(near < order.length() / 100, near + " of " + order.length());
  }

  @Test
  void aChangedRecordIsFoundByBothKindsOfReads() {
    try (Arena arena = Arena.ofConfined()) {
      Permutation order = new Permutation(10);
      SegmentMemory memory = new SegmentMemory(arena.allocate(64 << 10));
      RecordStore store = new RecordStore(memory, 64, RecordStore.PageReturn.NEVER);
      StoreReads reads = new StoreReads("store", store);
      reads.link(order);
      ReadComparison comparison = new ReadComparison(order, 512);
      List<Reads> both = List.of(reads, new BareReads("bare", memory, 64));
      assertEquals(2, comparison.run(both, 3, round -> {}).size());
      store.putLong(order.at(100), 0, order.at(7));
      assertThrows(
          IllegalStateException.class,
          () -> comparison.run(List.of(both.getFirst()), 1, round -> {}));
      assertThrows(
          IllegalStateException.class,
          () -> comparison.run(List.of(both.getLast()), 1, round -> {}));
    }
  }

  @Test
  void theMedianIsTheMiddle() {
    assertEquals(new Spread(2, 1, 9), Spread.of(new double[] {9, 1, 2}));
    assertEquals(new Spread(3, 1, 9), Spread.of(new double[] {4, 9, 1, 2}));
  }
}
