/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A store's bytes in a memory segment, at the speed of one: a direct view of mapped memory, an
 * arena's segment, or a direct buffer's. As thread-safe as the segment.
 */
public final class SegmentMemory implements StoreMemory {
  private final MemorySegment segment;

  /** Lays the bytes into a segment. */
  public SegmentMemory(MemorySegment segment) {
    this.segment = segment;
  }

  @Override
  public long sizeBytes() {
    return segment.byteSize();
  }

  @Override
  public long getLong(long offset) {
    return segment.get(ValueLayout.JAVA_LONG, offset);
  }

  @Override
  public void putLong(long offset, long value) {
    segment.set(ValueLayout.JAVA_LONG, offset, value);
  }

  @Override
  public void read(long offset, MemorySegment to) {
    MemorySegment.copy(segment, offset, to, 0, to.byteSize());
  }

  @Override
  public void write(long offset, MemorySegment from) {
    MemorySegment.copy(from, 0, segment, offset, from.byteSize());
  }
}
