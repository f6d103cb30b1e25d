/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.mm4j.examples.offheap.store.RecordStore;

/** Records that say themselves what they must be, so that every byte can be checked. */
final class Records {
  private final RecordStore store;
  private final MemorySegment expected;
  private final MemorySegment found;

  Records(RecordStore store, Arena arena) {
    this.store = store;
    this.expected = arena.allocate(store.recordBytes(), Long.BYTES);
    this.found = arena.allocate(store.recordBytes(), Long.BYTES);
  }

  /** Adds records to an empty store; their numbers are 0 and up. */
  void add(int count) {
    for (int number = 0; number < count; number++) {
      store.add(contentOf(number));
    }
  }

  /**
   * Checks a record.
   *
   * @throws IllegalStateException if it is not what was added
   */
  void check(int number) {
    store.get(number, found);
    if (found.mismatch(contentOf(number)) != -1) {
      throw new IllegalStateException("record " + number + " is not what was added");
    }
  }

  private MemorySegment contentOf(int number) {
    for (long field = 0; field < expected.byteSize(); field += Long.BYTES) {
      expected.set(ValueLayout.JAVA_LONG, field, (number + 1L) * (field + 1));
    }
    return expected;
  }
}
