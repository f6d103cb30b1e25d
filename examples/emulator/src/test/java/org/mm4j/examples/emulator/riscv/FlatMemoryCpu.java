/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.Access;
import org.mm4j.FaultSignal;
import org.mm4j.GuestCpu;
import org.mm4j.MemoryAccessException;
import org.mm4j.MemoryException;

/**
 * One stretch of readable, writable and executable memory, some pages of which a test takes away.
 */
final class FlatMemoryCpu extends GuestCpu {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle ATOMIC_INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
  private static final VarHandle ATOMIC_LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  private static final int PAGE = 4096;

  private final long base;
  private final MemorySegment memory;
  private final Set<Long> unmapped = new HashSet<>();
  private final Set<Long> notExecutable = new HashSet<>();
  private long generation;
  boolean isInside;

  /** What the next load of eight bytes throws. */
  @Nullable MemoryException failNextLoad;

  int polls;
  int fetches;

  FlatMemoryCpu(long base, int lengthBytes) {
    this.base = base;
    this.memory = Arena.ofAuto().allocate(lengthBytes, PAGE);
  }

  /** Another processor on the same memory, for another thread. */
  FlatMemoryCpu(FlatMemoryCpu other) {
    this.base = other.base;
    this.memory = other.memory;
  }

  /** Puts bytes somewhere. */
  void write(long address, byte[] bytes) {
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, address - base, bytes.length);
  }

  /** The bytes at an address. */
  byte[] read(long address, int lengthBytes) {
    return memory.asSlice(address - base, lengthBytes).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Takes the page of an address away, with the generation change that an unmap makes. */
  void unmap(long address) {
    unmapped.add(address >>> 12);
    generation++;
  }

  void forbidExecution(long address) {
    notExecutable.add(address >>> 12);
    generation++;
  }

  void advanceGeneration() {
    generation++;
  }

  private long offset(long address, int lengthBytes, Access access) {
    long offset = address - base;
    if (offset < 0 || offset > memory.byteSize() - lengthBytes || !unmapped.isEmpty()) {
      check(address, access);
      check(address + lengthBytes - 1, access);
    }
    return offset;
  }

  private void check(long address, Access access) {
    if (address < base
        || address >= base + memory.byteSize()
        || unmapped.contains(address >>> 12)) {
      isInside = false;
      throw new MemoryAccessException(FaultSignal.SEGV_MAPERR, address, access);
    }
  }

  @Override
  public byte loadByte(long address) {
    return memory.get(ValueLayout.JAVA_BYTE, offset(address, 1, Access.READ));
  }

  @Override
  public short loadShort(long address) {
    return memory.get(SHORT, offset(address, 2, Access.READ));
  }

  @Override
  public int loadInt(long address) {
    return memory.get(INT, offset(address, 4, Access.READ));
  }

  @Override
  public long loadLong(long address) {
    if (failNextLoad != null) {
      MemoryException failure = failNextLoad;
      failNextLoad = null;
      isInside = false;
      throw failure;
    }
    return memory.get(LONG, offset(address, 8, Access.READ));
  }

  @Override
  public void storeByte(long address, byte value) {
    memory.set(ValueLayout.JAVA_BYTE, offset(address, 1, Access.WRITE), value);
  }

  @Override
  public void storeShort(long address, short value) {
    memory.set(SHORT, offset(address, 2, Access.WRITE), value);
  }

  @Override
  public void storeInt(long address, int value) {
    memory.set(INT, offset(address, 4, Access.WRITE), value);
  }

  @Override
  public void storeLong(long address, long value) {
    memory.set(LONG, offset(address, 8, Access.WRITE), value);
  }

  @Override
  public short fetchShort(long address) {
    if (!isInside) {
      throw new IllegalStateException("fetch while OUTSIDE");
    }
    fetches++;
    long offset = offset(address, 2, Access.EXECUTE);
    if (notExecutable.contains(address >>> 12)) {
      isInside = false;
      throw new MemoryAccessException(FaultSignal.SEGV_ACCERR, address, Access.EXECUTE);
    }
    return memory.get(SHORT, offset);
  }

  @Override
  public int compareAndExchangeInt(long address, int expected, int value) {
    long offset = offset(address, 4, Access.WRITE);
    return (int) ATOMIC_INT.compareAndExchange(memory, offset, expected, value);
  }

  @Override
  public long compareAndExchangeLong(long address, long expected, long value) {
    long offset = offset(address, 8, Access.WRITE);
    return (long) ATOMIC_LONG.compareAndExchange(memory, offset, expected, value);
  }

  @Override
  public long translationGeneration() {
    return generation;
  }

  @Override
  public void enter() {
    isInside = true;
  }

  @Override
  public void exit() {
    isInside = false;
  }

  @Override
  public void poll() {
    polls++;
  }

  @Override
  public void outside(Runnable blocking) {
    exit();
    blocking.run();
    enter();
  }

  @Override
  public void close() {}
}
