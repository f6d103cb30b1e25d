/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.memory;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.GuestCpu;

/**
 * A store's bytes in a simulated address space. The memory is no memory of this process, so every
 * access goes through a simulated processor, which belongs to the thread that created this.
 */
final class GuestMemory implements StoreMemory {
  private final AddressSpace space;
  private final GuestCpu cpu;
  private final AddressRange range;

  GuestMemory(AddressSpace space, AddressRange range) {
    this.space = space;
    this.cpu = space.newCpu();
    this.range = range;
  }

  @Override
  public long sizeBytes() {
    return range.lengthBytes();
  }

  @Override
  public long getLong(long offset) {
    return cpu.loadLong(addressOf(offset, Long.BYTES));
  }

  @Override
  public void putLong(long offset, long value) {
    cpu.storeLong(addressOf(offset, Long.BYTES), value);
  }

  @Override
  public void read(long offset, MemorySegment to) {
    space.read(addressOf(offset, to.byteSize()), to);
  }

  @Override
  public void write(long offset, MemorySegment from) {
    space.write(addressOf(offset, from.byteSize()), from);
  }

  private long addressOf(long offset, long lengthBytes) {
    return range.start() + Objects.checkFromIndexSize(offset, lengthBytes, range.lengthBytes());
  }
}
