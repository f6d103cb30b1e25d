/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.core.mm.World.HUGE;
import static org.mm4j.core.mm.World.PAGE;
import static org.mm4j.core.mm.World.range;
import static org.mm4j.core.mm.World.refuses;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mm4j.Access;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.FaultSignal;
import org.mm4j.GuestCpu;
import org.mm4j.MemoryAccessException;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
import org.mm4j.Pin;
import org.mm4j.Protection;
import org.mm4j.ScanResult;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.FillResult;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MemoryDescriptor.EntryState;
import org.mm4j.spi.UserfaultWatcher;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;

class FaultTest {
  private final World world = new World();
  private final ProcessMemory space = world.space;

  @AfterEach
  void close() {
    world.close();
  }

  private long mapAll() {
    return space.map(world.request(0, 64));
  }

  private FaultSignal signal(Runnable access) {
    return assertThrows(MemoryAccessException.class, access::run).signal();
  }

  private TestWatcher arm(long address, long pages) {
    TestWatcher watcher = new TestWatcher();
    space.mmapLock().lock();
    try {
      Vma vma = space.findVma(address);
      space.arm(vma, range(address, pages), watcher, VmaFlag.UFFD_MISSING.bit());
    } finally {
      space.mmapLock().unlock();
    }
    return watcher;
  }

  @Test
  void rule_3_9_aHoleIsFilledWithZeros() {
    long address = mapAll();
    try (GuestCpu cpu = space.newCpu()) {
      assertEquals(0, cpu.loadLong(address + 5 * PAGE));
      cpu.storeLong(address + 5 * PAGE, 77);
    }
    byte[] bytes = new byte[8];
    space.read(address + 5 * PAGE, MemorySegment.ofArray(bytes));
    assertEquals(77, bytes[0]);
    assertEquals(1, world.file.pageCache().presentPages());
    assertEquals(1, world.kernel.statistics().faults());
    world.assertBooks();
  }

  @Test
  void rule_3_8_anAccessThatCannotBeResolvedSaysWhy() {
    long address = mapAll();
    space.protect(range(address, 1), Set.of(Protection.READ));
    space.protect(range(address + PAGE, 1), Set.of());
    world.file.truncate(60 * PAGE);
    try (GuestCpu cpu = space.newCpu()) {
      assertEquals(FaultSignal.SEGV_MAPERR, signal(() -> cpu.loadByte(address - 1)));
      assertEquals(FaultSignal.SEGV_MAPERR, signal(() -> cpu.loadByte(-1)));
      assertEquals(FaultSignal.SEGV_MAPERR, signal(() -> cpu.storeByte(0, (byte) 0)));
      assertEquals(FaultSignal.SEGV_ACCERR, signal(() -> cpu.storeByte(address, (byte) 0)));
      assertEquals(FaultSignal.SEGV_ACCERR, signal(() -> cpu.loadByte(address + PAGE)));
      assertEquals(FaultSignal.SEGV_ACCERR, signal(() -> cpu.fetchShort(address)));
      assertEquals(FaultSignal.BUS_ADRERR, signal(() -> cpu.loadByte(address + 60 * PAGE)));
      assertEquals(0, cpu.loadByte(address + 60 * PAGE - 1));
      world.file.refusal = BringIn.Absent.NO_SPACE;
      assertEquals(FaultSignal.BUS_ADRERR, signal(() -> cpu.loadByte(address + 9 * PAGE)));
      world.file.refusal = BringIn.Absent.NO_MEMORY;
      refuses(Errno.ENOMEM, () -> cpu.loadByte(address + 9 * PAGE));
    }
    MemorySegment one = MemorySegment.ofArray(new byte[1]);
    refuses(Errno.EFAULT, () -> space.read(address - 1, one));
    refuses(Errno.EFAULT, () -> space.write(address, one));
    refuses(Errno.EFAULT, () -> space.read(address + 63 * PAGE, one));
    refuses(Errno.EFAULT, () -> space.read(-1, MemorySegment.ofArray(new byte[2])));
  }

  @Test
  void aStoreImpliesALoadAndAFetchDoesNot() {
    long address = mapAll();
    try (GuestCpu cpu = space.newCpu()) {
      space.protect(range(address, 1), Set.of(Protection.WRITE));
      cpu.storeByte(address, (byte) 3);
      assertEquals(3, cpu.loadByte(address));
      assertEquals(FaultSignal.SEGV_ACCERR, signal(() -> cpu.fetchShort(address)));
      space.protect(range(address, 1), Set.of(Protection.EXECUTE));
      assertEquals(3, cpu.fetchShort(address));
      assertEquals(FaultSignal.SEGV_ACCERR, signal(() -> cpu.loadByte(address)));
      assertEquals(FaultSignal.SEGV_ACCERR, signal(() -> cpu.storeByte(address, (byte) 4)));
    }
  }

  @Test
  void aPoisonedPageIsABusError() {
    long address = mapAll();
    space.write(address, MemorySegment.ofArray(new byte[1]));
    Folio folio = (Folio) world.file.pageCache().lookup(0);
    folio.markPoisoned();
    folio.put(1);
    space.advise(range(address, 1), Advice.DONTNEED);
    try (GuestCpu cpu = space.newCpu()) {
      assertEquals(FaultSignal.BUS_ADRERR, signal(() -> cpu.loadByte(address)));
    }
  }

  @Test
  void aHugeFolioIsMappedByAHugeEntryIfTheVmaCoversIt() {
    world.file.addHuge(8);
    long address = mapAll();
    assertEquals(0, address % HUGE, "large file mappings are placed aligned");
    try (GuestCpu cpu = space.newCpu()) {
      assertEquals(12, cpu.loadByte(address + 11 * PAGE));
      cpu.storeByte(address + 12 * PAGE, (byte) 99);
    }
    assertEquals(EntryState.HUGE, space.entry(address + 15 * PAGE));
    assertEquals(HUGE, space.mappings().getFirst().hugeBytes());
    long part = space.map(world.request(9, 4));
    try (GuestCpu cpu = space.newCpu()) {
      assertEquals(99, cpu.loadByte(part + 3 * PAGE));
    }
    assertEquals(EntryState.WRITABLE, space.entry(part + 3 * PAGE));
    world.assertBooks();
    space.unmap(range(address + 9 * PAGE, 2)); // cuts the huge entry
    assertEquals(EntryState.NONE, space.entry(address + 8 * PAGE));
    world.assertBooks();
  }

  @Test
  void rule_7_5_noHugeEntryWhereHugePagesWereRefused() {
    world.file.addHuge(8);
    long address = mapAll();
    space.advise(range(address, 64), Advice.NOHUGEPAGE);
    try (GuestCpu cpu = space.newCpu()) {
      cpu.loadByte(address + 8 * PAGE);
    }
    assertEquals(EntryState.WRITABLE, space.entry(address + 8 * PAGE));
  }

  @Test
  void rule_3_6_aHoleOfAnArmedVmaGoesToItsUserfaultfd() throws Exception {
    long address = mapAll();
    space.write(address, MemorySegment.ofArray(new byte[] {5}));
    TestWatcher watcher = arm(address, 64);
    space.advise(range(address, 64), Advice.DONTNEED);
    byte[] bytes = new byte[1];
    space.read(address, MemorySegment.ofArray(bytes));
    assertEquals(5, bytes[0]);
    assertEquals(0, watcher.faults, "a page in the cache is mapped without a message");
    CompletableFuture<Byte> load =
        CompletableFuture.supplyAsync(
            () -> {
              try (GuestCpu cpu = space.newCpu()) {
                cpu.enter();
                return cpu.loadByte(address + 3 * PAGE + 17);
              }
            });
    assertTrue(watcher.asked.await(10, TimeUnit.SECONDS));
    assertEquals(address + 3 * PAGE + 17, watcher.lastAddress);
    space.unmap(range(address + 40 * PAGE, 1)); // nothing is held while it waits
    fillAndInstall(address + 3 * PAGE, (byte) 9);
    watcher.waiting.wakeAll();
    assertEquals((byte) 9, load.get(10, TimeUnit.SECONDS));
    assertEquals(1, watcher.faults);
  }

  private void fillAndInstall(long address, byte value) {
    space.mmapLock().lockShared();
    try {
      Vma vma = space.findVma(address);
      FillResult.Filled filled =
          assertInstanceOf(
              FillResult.Filled.class,
              world.file.fill(vma.indexOf(address), space, page -> page.fill(value)));
      assertTrue(space.install(vma, address, filled.folio()));
      assertEquals(EntryState.WRITABLE, space.entry(address));
      assertEquals(false, space.install(vma, address, filled.folio()));
      filled.folio().unlock();
      filled.folio().put(1);
    } finally {
      space.mmapLock().unlockShared();
    }
  }

  @Test
  void onlyWatchersForWhomSomebodyWaitsAreRememberedAfterUnmap() throws Exception {
    long address = mapAll();
    TestWatcher first = arm(address, 1);
    arm(address + PAGE, 1);
    CompletableFuture<Void> load =
        CompletableFuture.runAsync(
            () -> {
              try (GuestCpu cpu = space.newCpu()) {
                cpu.loadByte(address);
              } catch (MemoryAccessException e) {
                assertEquals(FaultSignal.SEGV_MAPERR, e.signal());
              }
            });
    assertTrue(first.asked.await(10, TimeUnit.SECONDS));
    space.unmap(range(address, 2));
    assertEquals(Set.of(first), remembered());
    first.waiting.wakeAll();
    load.get(10, TimeUnit.SECONDS);
    arm(address + 2 * PAGE, 1);
    space.unmap(range(address + 2 * PAGE, 1));
    assertEquals(Set.of(), remembered());
  }

  private Set<UserfaultWatcher> remembered() {
    space.mmapLock().lock();
    try {
      return space.rememberedWatchers();
    } finally {
      space.mmapLock().unlock();
    }
  }

  @Test
  void anInterruptEndsAWaitWithEintrAndStaysPending() throws Exception {
    long address = mapAll();
    TestWatcher watcher = arm(address, 64);
    CompletableFuture<Boolean> pending = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                space.read(address, MemorySegment.ofArray(new byte[1]));
                pending.completeExceptionally(new AssertionError("read what nobody filled"));
              } catch (MemoryException e) {
                assertEquals(Errno.EINTR, e.errno());
                pending.complete(Thread.currentThread().isInterrupted());
              }
            });
    reader.start();
    watcher.asked.await();
    reader.interrupt();
    assertTrue(pending.get(10, TimeUnit.SECONDS));
    reader.join();
  }

  @Test
  void closingWakesBlockedFaultsWithEsrch() throws Exception {
    AddressSpace other = world.kernel.newAddressSpace();
    ProcessMemory mm = (ProcessMemory) other;
    long address = mm.map(world.request(0, 8));
    TestWatcher watcher = new TestWatcher();
    mm.mmapLock().lock();
    try {
      mm.arm(mm.findVma(address), range(address, 8), watcher, VmaFlag.UFFD_MISSING.bit());
    } finally {
      mm.mmapLock().unlock();
    }
    CompletableFuture<Void> load =
        CompletableFuture.runAsync(
            () -> {
              try (GuestCpu cpu = mm.newCpu()) {
                cpu.loadByte(address);
              }
            });
    assertTrue(watcher.asked.await(10, TimeUnit.SECONDS));
    other.close();
    other.close();
    Throwable cause =
        assertThrows(ExecutionException.class, () -> load.get(10, TimeUnit.SECONDS)).getCause();
    assertEquals(Errno.ESRCH, assertInstanceOf(MemoryException.class, cause).errno());
    assertThrows(IllegalStateException.class, () -> other.map(world.request(0, 1)));
    assertThrows(IllegalStateException.class, other::newCpu);
    assertThrows(IllegalStateException.class, other::fork);
    assertThrows(
        IllegalStateException.class, () -> other.read(0, MemorySegment.ofArray(new byte[1])));
  }

  @Test
  void rule_3_10_truncationTakesTranslationsAway() {
    long address = mapAll();
    try (GuestCpu cpu = space.newCpu()) {
      cpu.storeByte(address + 10 * PAGE, (byte) 1);
      cpu.enter();
      assertEquals(1, cpu.loadByte(address + 10 * PAGE));
      cpu.exit();
      world.file.remove(new PageRange(10, 1));
      assertEquals(0, cpu.loadByte(address + 10 * PAGE));
    }
    world.assertBooks();
  }

  @Test
  void aTableIsReplacedByAHugeEntry() {
    world.file.addHuge(0);
    long address = mapAll();
    space.advise(range(address, 64), Advice.NOHUGEPAGE);
    byte[] bytes = new byte[(int) HUGE];
    space.read(address, MemorySegment.ofArray(bytes));
    assertEquals(EntryState.WRITABLE, space.entry(address));
    assertEquals(ScanResult.VMA_CHECK, mapHuge(address, true));
    space.advise(range(address, 64), Advice.HUGEPAGE);
    assertEquals(ScanResult.SUCCEED, mapHuge(address, false));
    assertEquals(EntryState.NONE, space.entry(address));
    assertEquals(ScanResult.SUCCEED, mapHuge(address, true));
    assertEquals(EntryState.HUGE, space.entry(address));
    assertEquals(ScanResult.PMD_MAPPED, mapHuge(address, true));
    assertEquals(ScanResult.PAGE_NULL, mapHuge(address + HUGE, true));
    space.write(address + HUGE, MemorySegment.ofArray(new byte[1]));
    assertEquals(ScanResult.PAGE_COMPOUND, mapHuge(address + HUGE, true));
    assertEquals(ScanResult.VMA_CHECK, mapHuge(address + 64 * PAGE, true));
    world.assertBooks();
  }

  private ScanResult mapHuge(long address, boolean install) {
    space.mmapLock().lockShared();
    try {
      return space.mapHuge(address, install);
    } finally {
      space.mmapLock().unlockShared();
    }
  }

  @Test
  void anEmptyTableIsRetractedSoThatTheNextFaultMapsHuge() {
    long address = mapAll();
    space.write(address, MemorySegment.ofArray(new byte[1]));
    world.file.remove(new PageRange(0, 8));
    Folio folio = world.file.addHuge(0);
    assertTrue(space.tables().hasTable(address));
    folio.lock();
    world.file.reverseMap().retractPageTables(0);
    folio.unlock();
    assertEquals(false, space.tables().hasTable(address));
    space.write(address, MemorySegment.ofArray(new byte[1]));
    assertEquals(EntryState.HUGE, space.entry(address));
  }

  @Test
  void aPinKeepsItsFramesThroughUnmapAndTruncate() {
    long address = mapAll();
    space.write(address + 10, MemorySegment.ofArray(new byte[] {1, 2, 3}));
    Pin pin = space.pin(range(address, 2), Access.READ);
    assertEquals(2, pin.segments().size());
    space.unmap(range(address, 64));
    world.file.truncate(0);
    assertEquals(3, pin.segments().getFirst().get(ValueLayout.JAVA_BYTE, 12));
    assertEquals(2, world.kernel.audit().folios().size());
    pin.close();
    pin.close();
    assertThrows(IllegalStateException.class, pin::segments);
    assertEquals(0, world.kernel.audit().folios().size());
    refuses(Errno.EFAULT, () -> space.pin(range(address, 1), Access.READ));
    refuses(Errno.EFAULT, () -> space.pin(range(-PAGE, 2), Access.READ));
  }

  @Test
  void aFailedPinHoldsNothing() {
    long address = mapAll();
    space.unmap(range(address + PAGE, 63));
    refuses(Errno.EFAULT, () -> space.pin(range(address, 2), Access.WRITE));
    world.assertBooks();
    assertNull(space.findVma(address + PAGE));
  }
}
