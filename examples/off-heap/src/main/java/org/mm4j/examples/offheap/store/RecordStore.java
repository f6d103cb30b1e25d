/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.store;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.mm4j.Pages;
import org.mm4j.examples.offheap.memory.StoreMemory;

/**
 * Records of one size, each found by the number it was given when it was added.
 *
 * <p>Record {@code n} lies at byte {@code n * recordBytes}; no record crosses a page. New records
 * take the lowest free number, so that pages fill up from the front and those behind are not
 * touched. Which numbers are taken is kept on the heap, one bit each: looking for a free one
 * touches no record.
 *
 * <p>Not thread-safe. What happens to the memory meanwhile, a collapse above all, is none of its
 * business.
 */
public final class RecordStore {
  /** The most records a store may have room for. */
  public static final int MOST_RECORDS = 1 << 30;

  private final StoreMemory memory;
  private final PageReturn pageReturn;
  private final int recordShift;
  private final int capacity;
  private final BitSet taken;
  private final PageOccupancy occupancy;

  /**
   * Lays an empty store into memory.
   *
   * @param recordBytes the size of a record: a power of two from 8 to the page size
   * @param pageReturn is given the pages that no record is in any more
   * @throws IllegalArgumentException for another size, or room for more than {@link #MOST_RECORDS}
   */
  public RecordStore(StoreMemory memory, int recordBytes, PageReturn pageReturn) {
    this.recordShift = shiftOf(recordBytes);
    this.memory = memory;
    this.pageReturn = pageReturn;
    long records = memory.sizeBytes() >>> recordShift;
    if (records > MOST_RECORDS) {
      throw new IllegalArgumentException(
          "too many records: " + records + " of " + recordBytes + " bytes");
    }
    this.capacity = (int) records;
    this.taken = new BitSet(capacity);
    this.occupancy = new PageOccupancy(capacity, Pages.SHIFT - recordShift);
  }

  private static int shiftOf(int recordBytes) {
    if (recordBytes < Long.BYTES
        || recordBytes > Pages.SIZE_BYTES
        || Integer.bitCount(recordBytes) != 1) {
      throw new IllegalArgumentException(
          "a record has " + recordBytes + " bytes, not a power of two from 8 to 4096");
    }
    return Integer.numberOfTrailingZeros(recordBytes);
  }

  /** Returns the size of a record in bytes. */
  public int recordBytes() {
    return 1 << recordShift;
  }

  /** Returns how many records there is room for. */
  public int capacity() {
    return capacity;
  }

  /** Returns how many records there are. */
  public int size() {
    return occupancy.records();
  }

  /**
   * Adds a record.
   *
   * @param content as long as a record
   * @return its number
   * @throws IllegalStateException if the store is full
   */
  public int add(MemorySegment content) {
    requireLength(content);
    int number = taken.nextClearBit(occupancy.firstPageWithRoom() << occupancy.pageShift());
    if (number >= capacity) {
      throw new IllegalStateException("the store is full: " + capacity + " records");
    }
    memory.write(offsetOf(number), content);
    taken.set(number);
    occupancy.added(number);
    return number;
  }

  /**
   * Removes a record. Its page is kept until {@link #returnEmptyPages}.
   *
   * @throws IllegalArgumentException if there is no such record
   */
  public void remove(int number) {
    requireTaken(number);
    taken.clear(number);
    occupancy.removed(number);
  }

  /**
   * Copies a record.
   *
   * @param to as long as a record
   * @throws IllegalArgumentException if there is no such record
   */
  public void get(int number, MemorySegment to) {
    requireLength(to);
    memory.read(offsetOf(requireTaken(number)), to);
  }

  /**
   * Returns eight bytes of a record.
   *
   * @param field where they begin, a multiple of eight
   * @throws IllegalArgumentException if there is no such record
   * @throws IndexOutOfBoundsException if there is no such field
   */
  public long getLong(int number, int field) {
    return memory.getLong(offsetOf(requireTaken(number)) + requireField(field));
  }

  /**
   * Sets eight bytes of a record.
   *
   * @param field where they begin, a multiple of eight
   * @throws IllegalArgumentException if there is no such record
   * @throws IndexOutOfBoundsException if there is no such field
   */
  public void putLong(int number, int field, long value) {
    memory.putLong(offsetOf(requireTaken(number)) + requireField(field), value);
  }

  /**
   * Gives back the pages that records were in, but are not any more. A huge page that loses one
   * becomes small pages, so this is worth it only after many records were removed.
   *
   * @return how many pages that were
   */
  public int returnEmptyPages() {
    return occupancy.takeEmptyPages(
        (firstPage, pages) ->
            pageReturn.giveBack((long) firstPage << Pages.SHIFT, (long) pages << Pages.SHIFT));
  }

  private long offsetOf(int number) {
    return (long) number << recordShift;
  }

  private int requireTaken(int number) {
    if (number < 0 || !taken.get(number)) {
      throw new IllegalArgumentException("there is no record " + number);
    }
    return number;
  }

  private int requireField(int field) {
    if (field < 0 || field > recordBytes() - Long.BYTES || field % Long.BYTES != 0) {
      throw new IndexOutOfBoundsException(
          "field at " + field + " of a record of " + recordBytes() + " bytes");
    }
    return field;
  }

  private void requireLength(MemorySegment content) {
    if (content.byteSize() != recordBytes()) {
      throw new IllegalArgumentException(
          "a record has " + recordBytes() + " bytes, the segment " + content.byteSize());
    }
  }

  /** Takes pages back. */
  @FunctionalInterface
  public interface PageReturn {
    /** Keeps every page. */
    PageReturn NEVER = (offset, lengthBytes) -> {};

    /** Takes back whole pages, which read as anything from now on. */
    void giveBack(long offset, long lengthBytes);
  }
}
