/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.measure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.mm4j.Pages;
import org.mm4j.examples.offheap.collapse.Collapser;
import org.mm4j.examples.offheap.measure.ReadComparison.Result;
import org.mm4j.examples.offheap.memory.Backend;
import org.mm4j.examples.offheap.memory.HugeMemory;
import org.mm4j.examples.offheap.memory.SegmentMemory;
import org.mm4j.examples.offheap.memory.StoreMemory;
import org.mm4j.examples.offheap.store.RecordStore;
import org.mm4j.examples.offheap.store.RecordStore.PageReturn;

/**
 * The same store in huge pages, in {@code Arena.allocate} and in a direct {@code ByteBuffer}, read
 * at random side by side, and with them the limit: bare loads of the huge pages.
 *
 * <p>The store's code is the same for all, and so are its classes; what differs is the memory.
 */
public final class MemoryComparison {
  /** How many memories of the size are there at the same time. */
  public static final int MEMORIES = 3;

  private static final int LARGEST_BUFFER = Integer.MAX_VALUE - Pages.SIZE_BYTES;

  private final Options options;
  private final Permutation order;
  private final List<Reads> memories = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  private MemoryComparison(Options options) {
    this.options = options;
    this.order =
        new Permutation(63 - Long.numberOfLeadingZeros(options.sizeBytes / options.recordBytes));
  }

  /**
   * Measures. Takes {@link #MEMORIES} times the size.
   *
   * @param backend where the huge pages come from; a real one
   * @param progress is told of each finished round, first of round 0, which does not count
   * @throws org.mm4j.MemoryException ENOMEM if there is no memory for it
   */
  public static Outcome measure(Backend backend, Options options, IntConsumer progress) {
    MemoryComparison comparison = new MemoryComparison(options);
    try (HugeMemory huge = backend.map("store", options.sizeBytes, true);
        Arena arena = Arena.ofShared()) {
      comparison.addHuge(huge);
      comparison.addStore("store in Arena.allocate", comparison.inArena(arena));
      comparison.addBuffer();
      comparison.addLimit(huge);
      List<Result> results =
          new ReadComparison(comparison.order, options.steps)
              .run(comparison.memories, options.rounds, progress);
      return new Outcome(
          options, comparison.order.length(), rows(results), List.copyOf(comparison.remarks));
    }
  }

  private void addHuge(HugeMemory huge) {
    new Collapser(huge, System::nanoTime).collapseAll();
    addStore("store in huge pages", huge.bytes());
    long percent = huge.footprint().hugePercent();
    if (percent < 100) {
      remarks.add("only " + percent + " % of the first line's memory is huge");
    }
  }

  private void addLimit(HugeMemory huge) {
    memories.add(new BareReads("bare loads of huge pages", huge.bytes(), options.recordBytes));
  }

  private StoreMemory inArena(Arena arena) {
    return new SegmentMemory(arena.allocate(options.sizeBytes, Pages.SIZE_BYTES));
  }

  private void addBuffer() {
    if (options.sizeBytes > LARGEST_BUFFER) {
      remarks.add("no direct ByteBuffer: one ends at 2 GiB");
      return;
    }
    try {
      int page = Pages.SIZE_BYTES;
      ByteBuffer buffer =
          ByteBuffer.allocateDirect((int) options.sizeBytes + page).alignedSlice(page);
      MemorySegment segment = MemorySegment.ofBuffer(buffer).asSlice(0, options.sizeBytes);
      addStore("store in a direct ByteBuffer", new SegmentMemory(segment));
    } catch (OutOfMemoryError none) {
      remarks.add("no direct ByteBuffer: " + none.getMessage());
    }
  }

  private void addStore(String name, StoreMemory memory) {
    StoreReads store =
        new StoreReads(name, new RecordStore(memory, options.recordBytes, PageReturn.NEVER));
    store.link(order);
    memories.add(store);
  }

  private static List<Row> rows(List<Result> results) {
    Result first = results.getFirst();
    return results.stream()
        .map(
            result ->
                new Row(
                    result.name(),
                    result.dependent(),
                    result.dependent().median() / first.dependent().median(),
                    result.independent(),
                    result.independent().median() / first.independent().median()))
        .toList();
  }

  /**
   * What is measured.
   *
   * @param sizeBytes the size of each memory
   * @param recordBytes the size of a record
   * @param rounds how many rounds count
   * @param steps how many reads are timed together
   */
  public record Options(long sizeBytes, int recordBytes, int rounds, int steps) {
    /** Checks that there is something to measure. */
    public Options {
      if (sizeBytes < 2L * recordBytes || rounds < 1 || steps < 1) {
        throw new IllegalArgumentException(
            "nothing to measure: " + sizeBytes + " bytes, " + rounds + " rounds of " + steps);
      }
    }
  }

  /**
   * One memory, in nanoseconds per read.
   *
   * @param name which
   * @param dependent each read needs the one before
   * @param dependentRatio its median by that of the store in huge pages
   * @param independent no read needs another
   * @param independentRatio its median by that of the store in huge pages
   */
  public record Row(
      String name,
      Spread dependent,
      double dependentRatio,
      Spread independent,
      double independentRatio) {}

  /**
   * What came out.
   *
   * @param options what was measured
   * @param records how many records the reads are spread over
   * @param rows the store in huge pages first
   * @param remarks what is not as it should be
   */
  public record Outcome(Options options, int records, List<Row> rows, List<String> remarks) {}
}
