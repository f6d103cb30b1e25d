/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.memory;

import java.lang.foreign.MemorySegment;

/**
 * The bytes that a store lies in, by offset. Zero until they are written.
 *
 * <p>An offset outside is an {@link IndexOutOfBoundsException}.
 */
public interface StoreMemory {
  /** Returns how many bytes there are. */
  long sizeBytes();

  /** Returns eight bytes, in the machine's order. */
  long getLong(long offset);

  /** Sets eight bytes, in the machine's order. */
  void putLong(long offset, long value);

  /** Copies from here until the segment is full. */
  void read(long offset, MemorySegment to);

  /** Copies a segment to here. */
  void write(long offset, MemorySegment from);
}
