/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import java.lang.invoke.MethodHandles;
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
 * One stretch of readable, writable and executable memory in an array, some pages of which a test
 * takes away.
 */
final class FlatMemoryCpu extends GuestCpu {
  private static final VarHandle SHORTS = view(short[].class);
  private static final VarHandle INTS = view(int[].class);
  private static final VarHandle LONGS = view(long[].class);

  final long base;
  final byte[] bytes;
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
    this.bytes = new byte[lengthBytes];
  }

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
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

  private int offset(long address, int lengthBytes, Access access) {
    long offset = address - base;
    if (offset < 0 || offset > bytes.length - lengthBytes || !unmapped.isEmpty()) {
      check(address, access);
      check(address + lengthBytes - 1, access);
    }
    return (int) offset;
  }

  private void check(long address, Access access) {
    if (address < base || address >= base + bytes.length || unmapped.contains(address >>> 12)) {
      isInside = false;
      throw new MemoryAccessException(FaultSignal.SEGV_MAPERR, address, access);
    }
  }

  @Override
  public byte loadByte(long address) {
    return bytes[offset(address, 1, Access.READ)];
  }

  @Override
  public short loadShort(long address) {
    return (short) SHORTS.get(bytes, offset(address, 2, Access.READ));
  }

  @Override
  public int loadInt(long address) {
    return (int) INTS.get(bytes, offset(address, 4, Access.READ));
  }

  @Override
  public long loadLong(long address) {
    if (failNextLoad != null) {
      MemoryException failure = failNextLoad;
      failNextLoad = null;
      isInside = false;
      throw failure;
    }
    return (long) LONGS.get(bytes, offset(address, 8, Access.READ));
  }

  @Override
  public void storeByte(long address, byte value) {
    bytes[offset(address, 1, Access.WRITE)] = value;
  }

  @Override
  public void storeShort(long address, short value) {
    SHORTS.set(bytes, offset(address, 2, Access.WRITE), value);
  }

  @Override
  public void storeInt(long address, int value) {
    INTS.set(bytes, offset(address, 4, Access.WRITE), value);
  }

  @Override
  public void storeLong(long address, long value) {
    LONGS.set(bytes, offset(address, 8, Access.WRITE), value);
  }

  @Override
  public short fetchShort(long address) {
    if (!isInside) {
      throw new IllegalStateException("fetch while OUTSIDE");
    }
    fetches++;
    int offset = offset(address, 2, Access.EXECUTE);
    if (notExecutable.contains(address >>> 12)) {
      isInside = false;
      throw new MemoryAccessException(FaultSignal.SEGV_ACCERR, address, Access.EXECUTE);
    }
    return (short) SHORTS.get(bytes, offset);
  }

  @Override
  public int compareAndExchangeInt(long address, int expected, int value) {
    int witness = loadInt(address);
    if (witness == expected) {
      storeInt(address, value);
    }
    return witness;
  }

  @Override
  public long compareAndExchangeLong(long address, long expected, long value) {
    long witness = loadLong(address);
    if (witness == expected) {
      storeLong(address, value);
    }
    return witness;
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
