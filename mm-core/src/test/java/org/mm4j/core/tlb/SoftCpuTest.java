/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.tlb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mm4j.Access;
import org.mm4j.FaultSignal;
import org.mm4j.MemoryAccessException;
import org.mm4j.core.pagetable.Entry;

class SoftCpuTest {
  private static final long PAGE = TinyMemory.PAGE;

  private final TinyMemory memory = new TinyMemory(2000, 2100, 3);
  private final SoftCpu cpu = new SoftCpu(memory.domain, memory);

  @AfterEach
  void close() {
    cpu.close();
    memory.close();
  }

  @Test
  void everyWidthWorksInsideAndOutside() {
    for (boolean inside : new boolean[] {false, true}) {
      if (inside) {
        cpu.enter();
      }
      cpu.storeLong(8, 0x8877665544332211L);
      assertEquals(0x8877665544332211L, cpu.loadLong(8));
      assertEquals(0x44332211, cpu.loadInt(8));
      assertEquals(0x3322, cpu.loadShort(9));
      assertEquals((byte) 0x88, cpu.loadByte(15));
      assertEquals((short) 0x2211, cpu.fetchShort(8));
      cpu.storeByte(8, (byte) 1);
      cpu.storeShort(10, (short) 2);
      cpu.storeInt(12, 3);
      assertEquals(0x0000000300022201L, cpu.loadLong(8));
      assertEquals(0x0000000300022201L, cpu.compareAndExchangeLong(8, 0x0000000300022201L, 7));
      assertEquals(7, cpu.compareAndExchangeLong(8, 0, 1));
      assertEquals(7, cpu.compareAndExchangeInt(8, 7, 9));
      assertEquals(9, cpu.loadInt(8));
    }
  }

  @Test
  void randomAccessesAgreeWithAnArray() {
    long seed = Long.getLong("mm4j.seed", 4711);
    Random random = new Random(seed);
    int length = (int) (20 * PAGE);
    MemorySegment model = MemorySegment.ofArray(new byte[length]);
    for (long i = 0; i < length; i += 8) {
      model.set(ValueLayout.JAVA_LONG_UNALIGNED, i, TinyMemory.stamp(i / PAGE));
    }
    for (int step = 0; step < 20_000; step++) {
      long address =
          random.nextBoolean()
              ? random.nextInt(length - 8)
              : (1 + random.nextInt(18)) * PAGE - random.nextInt(9);
      String where = "seed " + seed + " step " + step + " address " + address;
      long value = random.nextLong();
      switch (random.nextInt(12)) {
        case 0 -> cpu.enter();
        case 1 -> cpu.exit();
        case 2 -> cpu.poll();
        case 3 ->
            assertEquals(
                model.get(ValueLayout.JAVA_LONG_UNALIGNED, address), cpu.loadLong(address), where);
        case 4 ->
            assertEquals(
                model.get(ValueLayout.JAVA_INT_UNALIGNED, address), cpu.loadInt(address), where);
        case 5 ->
            assertEquals(
                model.get(ValueLayout.JAVA_SHORT_UNALIGNED, address),
                cpu.loadShort(address),
                where);
        case 6 ->
            assertEquals(
                model.get(ValueLayout.JAVA_SHORT_UNALIGNED, address),
                cpu.fetchShort(address),
                where);
        case 7 ->
            assertEquals(model.get(ValueLayout.JAVA_BYTE, address), cpu.loadByte(address), where);
        case 8 -> {
          cpu.storeLong(address, value);
          model.set(ValueLayout.JAVA_LONG_UNALIGNED, address, value);
        }
        case 9 -> {
          cpu.storeInt(address, (int) value);
          model.set(ValueLayout.JAVA_INT_UNALIGNED, address, (int) value);
        }
        case 10 -> {
          cpu.storeShort(address, (short) value);
          model.set(ValueLayout.JAVA_SHORT_UNALIGNED, address, (short) value);
        }
        default -> {
          cpu.storeByte(address, (byte) value);
          model.set(ValueLayout.JAVA_BYTE, address, (byte) value);
        }
      }
    }
  }

  @Test
  void pagesThatShareASlotDoNotShareTranslations() {
    cpu.enter();
    for (long page = 0; page < 2000; page++) {
      assertEquals(TinyMemory.stamp(page), cpu.loadLong(page * PAGE));
      assertEquals(TinyMemory.stamp(page % 512), cpu.loadLong(page % 512 * PAGE));
    }
  }

  @Test
  void aStoreNeedsAWritableEntryAlsoAfterALoad() {
    memory.permissions = 0;
    cpu.enter();
    assertEquals(TinyMemory.stamp(1), cpu.loadLong(PAGE));
    MemoryAccessException e =
        assertThrows(MemoryAccessException.class, () -> cpu.storeByte(PAGE + 7, (byte) 1));
    assertEquals(FaultSignal.SEGV_ACCERR, e.signal());
    assertEquals(PAGE + 7, e.address());
    assertThrows(MemoryAccessException.class, () -> cpu.fetchShort(PAGE));
    memory.domain.requireOutside(); // after an exception the processor is OUTSIDE
  }

  @Test
  void aStoreAcrossPagesStoresAllOrNothing() {
    cpu.enter();
    long lastPage = 1999;
    long before = cpu.loadLong(lastPage * PAGE + PAGE - 8);
    MemoryAccessException e =
        assertThrows(
            MemoryAccessException.class, () -> cpu.storeLong(2000 * PAGE - 4, 0x1122334455667788L));
    assertEquals(2000 * PAGE, e.address());
    assertEquals(before, cpu.loadLong(lastPage * PAGE + PAGE - 8));
  }

  @Test
  void anUnalignedExchangeIsABusError() {
    cpu.enter();
    MemoryAccessException e =
        assertThrows(MemoryAccessException.class, () -> cpu.compareAndExchangeInt(2, 0, 0));
    assertEquals(FaultSignal.BUS_ADRALN, e.signal());
    memory.domain.requireOutside();
  }

  @Test
  void aHugeEntryServesAllItsPages() {
    assertTrue(
        memory.tables.mapHuge(
            8 * PAGE, Entry.of(16, Entry.PRESENT | Entry.READABLE | Entry.WRITABLE)));
    cpu.enter();
    for (int i = 0; i < 8; i++) {
      cpu.storeLong((8 + i) * PAGE, 100 + i);
      assertEquals(100 + i, memory.chunkOf(16).get(ValueLayout.JAVA_LONG, (16 + i) * PAGE));
    }
    assertEquals(0, memory.faults);
  }

  @Test
  void aFlushMakesAProcessorForgetAtItsNextPoll() {
    cpu.loadLong(0);
    long before = cpu.translationGeneration();
    memory.evict(0, true);
    cpu.enter();
    assertNotEquals(before, cpu.translationGeneration());
    assertEquals(TinyMemory.stamp(0), cpu.loadLong(0));
    assertEquals(2, memory.faults);
  }

  @Test
  void whoeverFlushesMustBeOutside() {
    cpu.enter();
    cpu.loadLong(0);
    CpuTlbBatch batch = new CpuTlbBatch(memory.statistics);
    batch.touch(memory.domain);
    assertThrows(IllegalStateException.class, batch::flush);
    cpu.outside(() -> memory.domain.requireOutside());
    assertThrows(IllegalStateException.class, memory.domain::requireOutside);
  }

  @Test
  void plainAccessIsRefusedInsideAndWorksOutside() {
    PlainAccess plain = new PlainAccess(memory.domain, memory);
    byte[] bytes = new byte[3 * (int) PAGE];
    plain.read(PAGE / 2, MemorySegment.ofArray(bytes));
    assertEquals(
        TinyMemory.stamp(1),
        MemorySegment.ofArray(bytes).get(ValueLayout.JAVA_LONG_UNALIGNED, PAGE / 2));
    plain.write(PAGE - 2, MemorySegment.ofArray(new byte[] {1, 2, 3, 4}));
    assertEquals(0x04030201, cpu.loadInt(PAGE - 2));
    assertThrows(
        MemoryAccessException.class,
        () -> plain.read(2000 * PAGE - 1, MemorySegment.ofArray(new byte[2])));
    cpu.enter();
    assertThrows(
        IllegalStateException.class, () -> plain.read(0, MemorySegment.ofArray(new byte[1])));
  }

  @Test
  void aProcessorBelongsToItsThread() {
    ExecutionException e =
        assertThrows(
            ExecutionException.class,
            () -> CompletableFuture.runAsync(() -> cpu.loadLong(0)).get());
    assertTrue(e.getCause() instanceof IllegalStateException);
  }

  @Test
  void aClosedProcessorIsRefused() {
    SoftCpu other = new SoftCpu(memory.domain, memory);
    assertEquals(2, memory.domain.processorCount());
    other.close();
    other.close();
    assertEquals(1, memory.domain.processorCount());
    assertThrows(IllegalStateException.class, () -> other.loadLong(0));
    assertThrows(IllegalStateException.class, other::enter);
  }

  @Test
  void aHitAllocatesNothing() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    cpu.enter();
    for (int page = 0; page < 16; page++) {
      cpu.storeLong(page * PAGE, 1);
      cpu.fetchShort(page * PAGE);
    }
    hit(200_000);
    long before = threads.getCurrentThreadAllocatedBytes();
    long sum = hit(10_000_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertNotEquals(0, sum);
    assertTrue(allocated < 4096, "allocated " + allocated + " bytes"); // the measurement's own
  }

  private long hit(int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      long address = (i & 15) * PAGE + (i & 0xFF8);
      cpu.storeLong(address, i);
      sum += cpu.loadLong(address) + cpu.loadByte(address) + cpu.fetchShort(address);
      cpu.poll();
    }
    return sum;
  }

  @Test
  void aDirectPermissionCheckAgreesWithTheAccess() {
    assertEquals(Entry.NONE, memory.translate(0, Access.READ));
    cpu.loadByte(0);
    assertNotEquals(Entry.NONE, memory.translate(0, Access.READ));
  }
}
