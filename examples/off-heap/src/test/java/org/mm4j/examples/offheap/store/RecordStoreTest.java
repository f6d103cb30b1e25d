/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.examples.offheap.memory.SegmentMemory;
import org.mm4j.examples.offheap.store.RecordStore.PageReturn;

/** The store over a plain segment. */
final class RecordStoreTest {
  private static final int PAGE = 4096;

  private final Arena arena = Arena.ofConfined();

  @AfterEach
  void close() {
    arena.close();
  }

  private RecordStore store(int pages, int recordBytes, PageReturn pageReturn) {
    return new RecordStore(
        new SegmentMemory(arena.allocate((long) pages * PAGE, PAGE)), recordBytes, pageReturn);
  }

  private MemorySegment record(int recordBytes, long value) {
    MemorySegment content = MemorySegment.ofArray(new long[recordBytes / Long.BYTES]);
    content.set(ValueLayout.JAVA_LONG, 0, value);
    return content;
  }

  @Test
  void aRecordIsFoundByItsNumber() {
    RecordStore store = store(2, 64, PageReturn.NEVER);
    assertEquals(128, store.capacity());
    assertEquals(0, store.add(record(64, 10)));
    assertEquals(1, store.add(record(64, 11)));
    assertEquals(11, store.getLong(1, 0));
    store.putLong(1, 56, 99);
    MemorySegment copy = arena.allocate(64);
    store.get(1, copy);
    assertEquals(11, copy.get(ValueLayout.JAVA_LONG, 0));
    assertEquals(99, copy.get(ValueLayout.JAVA_LONG, 56));
    assertEquals(2, store.size());
  }

  @Test
  void theLowestFreeNumberIsTakenAgain() {
    RecordStore store = store(2, 2048, PageReturn.NEVER);
    for (int number = 0; number < 4; number++) {
      assertEquals(number, store.add(record(2048, number)));
    }
    store.remove(2);
    store.remove(1);
    assertEquals(1, store.add(record(2048, 21)));
    assertEquals(2, store.add(record(2048, 22)));
    assertThrows(IllegalStateException.class, () -> store.add(record(2048, 23)));
    assertEquals(4, store.size());
  }

  @Test
  void onlyPagesThatHadRecordsAndHaveNoneAreGivenBack() {
    List<String> runs = new ArrayList<>();
    RecordStore store =
        store(6, 2048, (offset, length) -> runs.add(offset / PAGE + "+" + length / PAGE));
    for (int number = 0; number < 10; number++) {
      store.add(record(2048, number));
    }
    assertEquals(0, store.returnEmptyPages());
    for (int number : new int[] {2, 3, 4, 5, 7, 8, 9}) {
      store.remove(number);
    }
    assertEquals(3, store.returnEmptyPages());
    assertEquals(List.of("1+2", "4+1"), runs);
    assertEquals(0, store.returnEmptyPages());
    assertEquals(2, store.add(record(2048, 42)));
    assertEquals(42, store.getLong(2, 0));
    store.remove(2);
    assertEquals(1, store.returnEmptyPages());
  }

  @Test
  void whatIsNotThereIsRefused() {
    RecordStore store = store(1, 64, PageReturn.NEVER);
    store.add(record(64, 1));
    store.remove(0);
    assertThrows(IllegalArgumentException.class, () -> store.getLong(0, 0));
    assertThrows(IllegalArgumentException.class, () -> store.putLong(0, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> store.remove(0));
    assertThrows(IllegalArgumentException.class, () -> store.get(-1, record(64, 0)));
    store.add(record(64, 1));
    assertThrows(IllegalArgumentException.class, () -> store.get(0, record(32, 0)));
    assertThrows(IllegalArgumentException.class, () -> store.add(record(128, 0)));
    for (int field : new int[] {-8, 4, 60, 64}) {
      assertThrows(IndexOutOfBoundsException.class, () -> store.getLong(0, field));
    }
    assertEquals(1, store.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 7, 24, 8192, -8})
  void aSizeThatIsNoPowerOfTwoUpToAPageIsRefused(int recordBytes) {
    assertThrows(IllegalArgumentException.class, () -> store(1, recordBytes, PageReturn.NEVER));
  }

  @Test
  void behavesLikeAMapWhateverHappens() {
    long seed = Long.getLong("mm4j.seed", 20_260_101L);
    Random random = new Random(seed);
    BitSet givenBack = new BitSet();
    RecordStore store =
        store(
            16,
            512,
            (offset, length) ->
                givenBack.set((int) (offset / PAGE), (int) ((offset + length) / PAGE)));
    Map<Integer, Long> model = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      String where = "step " + step + ", -Dmm4j.seed=" + seed;
      int action = random.nextInt(100);
      if (action < 45 && model.size() < store.capacity()) {
        long value = random.nextLong();
        int number = store.add(record(512, value));
        assertEquals(null, model.put(number, value), where);
      } else if (action < 98 && !model.isEmpty()) {
        Integer number =
            model.keySet().stream().skip(random.nextInt(model.size())).findFirst().orElseThrow();
        assertEquals(model.remove(number), store.getLong(number, 0), where);
        store.remove(number);
      } else {
        givenBack.clear();
        assertEquals(store.returnEmptyPages(), givenBack.cardinality(), where);
        assertTrue(model.keySet().stream().noneMatch(number -> givenBack.get(number / 8)), where);
      }
      assertEquals(model.size(), store.size(), where);
    }
    model.forEach((number, value) -> assertEquals(value, store.getLong(number, 0)));
  }
}
