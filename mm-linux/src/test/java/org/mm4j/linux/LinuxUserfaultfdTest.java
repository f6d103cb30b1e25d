/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.FillFlag;
import org.mm4j.FillOutcome;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.Protection;
import org.mm4j.RemapFlag;
import org.mm4j.Seal;
import org.mm4j.UffdFeature;
import org.mm4j.UffdFlag;
import org.mm4j.UffdMessage;
import org.mm4j.UffdMode;
import org.mm4j.UffdOperation;
import org.mm4j.linux.ffm.SystemCall;
import org.mm4j.linux.ffm.SystemCalls;

final class LinuxUserfaultfdTest extends KernelFixture {
  @Override
  Set<LinuxFeature> needs() {
    return Set.of(LinuxFeature.USERFAULTFD);
  }

  private static Set<UffdOperation> operations(long bits) {
    Set<UffdOperation> operations = EnumSet.noneOf(UffdOperation.class);
    for (UffdOperation operation : UffdOperation.values()) {
      if ((bits & 1L << operation.number()) != 0) {
        operations.add(operation);
      }
    }
    return operations;
  }

  private static CompletableFuture<Void> async(Runnable action) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                action.run();
                done.complete(null);
              } catch (Throwable t) {
                done.completeExceptionally(t);
              }
            });
    return done;
  }

  @Test
  void nothingButTheHandshakeComesFirst() throws Exception {
    long address = space.map(anonymous(PAGE));
    LinuxUserfaultfd userfaultfd = space.userfaultfd(Set.of());
    refused(
        Errno.EINVAL, () -> userfaultfd.register(range(address, PAGE), Set.of(UffdMode.MISSING)));
    refused(Errno.EINVAL, () -> userfaultfd.wake(range(address, PAGE)));
    refused(Errno.EINVAL, userfaultfd::poll);
    refused(Errno.EINVAL, userfaultfd::take);
    assertFalse(userfaultfd.isReadable());
    Set<UffdFeature> offered = userfaultfd.handshake(Set.of());
    assertEquals(memory.features().userfaultfdFeatures(), offered);
    refused(Errno.EINVAL, () -> userfaultfd.handshake(Set.of()));
    assertNull(userfaultfd.poll());
  }

  @Test
  void registrationsOfferTheirOperations() {
    long address = space.map(anonymous(2 * PAGE));
    LinuxUserfaultfd userfaultfd = userfaultfd(UffdFeature.PAGEFAULT_FLAG_WP);
    assertEquals(
        operations(0x13c), userfaultfd.register(range(address, PAGE), Set.of(UffdMode.MISSING)));
    assertEquals(
        operations(0x17c),
        userfaultfd.register(
            range(address, PAGE), Set.of(UffdMode.MISSING, UffdMode.WRITE_PROTECT)));
    refused(Errno.EINVAL, () -> userfaultfd.register(range(address, PAGE), Set.of(UffdMode.MINOR)));
    try (MemoryFile file = file(4 * PAGE)) {
      long shared = space.map(MapRequest.shared(file, 0, 2 * PAGE));
      assertEquals(
          operations(0x1bc), userfaultfd.register(range(shared, PAGE), Set.of(UffdMode.MINOR)));
      assertEquals(
          operations(0x1fc),
          userfaultfd.register(
              range(shared + PAGE, PAGE), Set.of(UffdMode.MINOR, UffdMode.WRITE_PROTECT)));
    }
    assertTrue(userfaultfd.describe().endsWith("no message"), userfaultfd::describe);
  }

  @Test
  void badRegistrationsAreRefused() {
    long address = space.map(anonymous(4 * PAGE));
    LinuxUserfaultfd userfaultfd = userfaultfd();
    refused(Errno.EINVAL, () -> userfaultfd.register(range(address, PAGE), Set.of()));
    Set<UffdMode> missing = Set.of(UffdMode.MISSING);
    refused(Errno.EINVAL, () -> userfaultfd.register(range(address, 0), missing));
    refused(Errno.EINVAL, () -> userfaultfd.register(range(address + 1, PAGE), missing));
    refused(Errno.EINVAL, () -> userfaultfd.register(range(address, PAGE + 1), missing));
    refused(Errno.EINVAL, () -> userfaultfd.register(range(-PAGE, PAGE), missing));
    LinuxUserfaultfd other = missing(address, PAGE);
    refused(Errno.EBUSY, () -> userfaultfd.register(range(address, 4 * PAGE), missing));
    refused(Errno.EINVAL, () -> userfaultfd.unregister(range(address, PAGE)));
    other.close();
    userfaultfd.register(range(address, 4 * PAGE), missing);
    userfaultfd.unregister(range(address, 4 * PAGE));
    try (MemoryFile file = file(PAGE)) {
      file.addSeals(Set.of(Seal.WRITE));
      long sealed = space.map(MapRequest.shared(file, 0, PAGE).protect(Set.of(Protection.READ)));
      refused(Errno.EPERM, () -> userfaultfd.register(range(sealed, PAGE), missing));
    }
  }

  @Test
  void aReadWaitsUntilThePageIsFilled() throws Exception {
    long address = space.map(anonymous(2 * PAGE));
    LinuxUserfaultfd userfaultfd = missing(address, 2 * PAGE);
    CompletableFuture<Void> reader = async(() -> assertEquals(7, byteAt(address + 10)));
    UffdMessage.PageFault fault = (UffdMessage.PageFault) userfaultfd.take();
    assertEquals(address, fault.address());
    assertEquals(0, fault.flags());
    assertFalse(reader.isDone());
    userfaultfd.copy(address, bytes(4096, 7), Set.of());
    reader.get(10, TimeUnit.SECONDS);
    CompletableFuture<Void> writer = async(() -> put(address + PAGE, 1));
    fault = (UffdMessage.PageFault) userfaultfd.take();
    assertEquals(UffdMessage.PageFault.FLAG_WRITE, fault.flags());
    userfaultfd.zero(range(address + PAGE, PAGE), Set.of());
    writer.get(10, TimeUnit.SECONDS);
  }

  @Test
  void fillingCanLeaveTheWaitersAsleep() throws Exception {
    long address = space.map(anonymous(PAGE));
    LinuxUserfaultfd userfaultfd = missing(address, PAGE);
    CompletableFuture<Void> reader = async(() -> assertEquals(7, byteAt(address)));
    userfaultfd.take();
    userfaultfd.copy(address, bytes(4096, 7), Set.of(FillFlag.DONT_WAKE));
    assertEquals(
        new FillOutcome.AlreadyPresent(), userfaultfd.copy(address, bytes(4096, 7), Set.of()));
    assertFalse(reader.isDone());
    userfaultfd.wake(range(address, PAGE));
    reader.get(10, TimeUnit.SECONDS);
  }

  @Test
  void aSubsetOfTheModesKeepsTheSuperset() {
    long address = space.map(anonymous(PAGE));
    LinuxUserfaultfd userfaultfd = userfaultfd(UffdFeature.PAGEFAULT_FLAG_WP);
    Set<UffdMode> both = Set.of(UffdMode.MISSING, UffdMode.WRITE_PROTECT);
    userfaultfd.register(range(address, PAGE), both);
    assertEquals(both, space.mappings().getFirst().userfaultModes());
    userfaultfd.register(range(address, PAGE), Set.of(UffdMode.MISSING));
    assertEquals(both, space.mappings().getFirst().userfaultModes());
    userfaultfd.unregister(range(address, PAGE));
    assertEquals(Set.of(), space.mappings().getFirst().userfaultModes());
  }

  @Test
  void messagesTellTheirReason() throws Exception {
    try (MemoryFile file = file(2 * PAGE)) {
      file.write(0, bytes(1, 3));
      long address = space.map(MapRequest.shared(file, 0, 2 * PAGE));
      LinuxUserfaultfd userfaultfd =
          userfaultfd(
              UffdFeature.MINOR_SHMEM,
              UffdFeature.EXACT_ADDRESS,
              UffdFeature.THREAD_ID,
              UffdFeature.WP_HUGETLBFS_SHMEM);
      userfaultfd.register(
          range(address, 2 * PAGE), Set.of(UffdMode.MINOR, UffdMode.WRITE_PROTECT));
      CompletableFuture<Void> reader = async(() -> byteAt(address + 10));
      UffdMessage.PageFault fault = (UffdMessage.PageFault) userfaultfd.take();
      assertEquals(UffdMessage.PageFault.FLAG_MINOR, fault.flags());
      assertTrue(fault.thread() != 0);
      userfaultfd.resume(range(address, PAGE), Set.of());
      reader.get(10, TimeUnit.SECONDS);
      userfaultfd.writeProtect(range(address, PAGE), true, false);
      CompletableFuture<Void> writer = async(() -> put(address + 20, 1));
      fault = (UffdMessage.PageFault) userfaultfd.take();
      assertEquals(UffdMessage.PageFault.FLAG_WRITE | UffdMessage.PageFault.FLAG_WP, fault.flags());
      userfaultfd.writeProtect(range(address, PAGE), false, false);
      writer.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void changesOfTheAddressSpaceAreToldAndFillingWaitsForTheReader() throws Exception {
    long address = space.map(anonymous(8 * PAGE));
    LinuxUserfaultfd userfaultfd =
        userfaultfd(UffdFeature.EVENT_REMOVE, UffdFeature.EVENT_UNMAP, UffdFeature.EVENT_REMAP);
    userfaultfd.register(range(address, 8 * PAGE), Set.of(UffdMode.MISSING));
    userfaultfd.copy(address, bytes(4096, 7), Set.of());
    CompletableFuture<Void> dropper =
        async(() -> space.advise(range(address, 2 * PAGE), Advice.DONTNEED));
    while (!userfaultfd.isReadable()) {
      Thread.onSpinWait();
    }
    assertEquals(
        new FillOutcome.Retry(0), userfaultfd.copy(address + 4 * PAGE, bytes(4096, 7), Set.of()));
    assertEquals(new FillOutcome.Retry(0), userfaultfd.zero(range(address, PAGE), Set.of()));
    assertEquals(new UffdMessage.Remove(range(address, 2 * PAGE)), userfaultfd.take());
    dropper.get(10, TimeUnit.SECONDS);
    CompletableFuture<Void> unmapper = async(() -> space.unmap(range(address, PAGE)));
    assertEquals(new UffdMessage.Unmap(range(address, PAGE)), userfaultfd.take());
    unmapper.get(10, TimeUnit.SECONDS);
    AtomicReference<Long> moved = new AtomicReference<>();
    long target = space.map(anonymous(PAGE));
    CompletableFuture<Void> mover =
        async(
            () ->
                moved.set(
                    space.remap(
                        range(address + 7 * PAGE, PAGE),
                        PAGE,
                        EnumSet.of(RemapFlag.MAY_MOVE, RemapFlag.FIXED),
                        target)));
    assertEquals(new UffdMessage.Remap(address + 7 * PAGE, target, PAGE), userfaultfd.take());
    // The place it left counts as unmapped, and that is told, too.
    assertEquals(new UffdMessage.Unmap(range(address + 7 * PAGE, PAGE)), userfaultfd.take());
    mover.get(10, TimeUnit.SECONDS);
    assertEquals(target, moved.get());
    refused(Errno.EBUSY, () -> space.view(range(target, PAGE)));
    assertEquals(new FillOutcome.Filled(PAGE), userfaultfd.zero(range(target, PAGE), Set.of()));
  }

  @Test
  void takeEndsWithAnInterruptAndLosesNothing() throws Exception {
    long address = space.map(anonymous(PAGE));
    LinuxUserfaultfd userfaultfd = missing(address, PAGE);
    CountDownLatch started = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread taker =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  started.countDown();
                  try {
                    userfaultfd.take();
                    interrupted.complete(false);
                  } catch (InterruptedException e) {
                    interrupted.complete(true);
                  }
                });
    started.await();
    taker.interrupt();
    assertTrue(interrupted.get(10, TimeUnit.SECONDS));
    CompletableFuture<Void> reader = async(() -> byteAt(address));
    assertEquals(new UffdMessage.PageFault(address, 0, 0), userfaultfd.take());
    userfaultfd.zero(range(address, PAGE), Set.of());
    reader.get(10, TimeUnit.SECONDS);
  }

  @Test
  void closingWakesEverybody() throws Exception {
    long address = space.map(anonymous(PAGE));
    LinuxUserfaultfd userfaultfd = missing(address, PAGE);
    CompletableFuture<Void> reader = async(() -> assertEquals(0, byteAt(address)));
    userfaultfd.take();
    CompletableFuture<Void> taker =
        async(
            () -> {
              try {
                userfaultfd.take();
              } catch (InterruptedException e) {
                throw new CompletionException(e);
              }
            });
    userfaultfd.close();
    userfaultfd.close();
    reader.get(10, TimeUnit.SECONDS);
    ExecutionException ended =
        assertThrows(ExecutionException.class, () -> taker.get(10, TimeUnit.SECONDS));
    assertEquals(IllegalStateException.class, ended.getCause().getClass());
    assertThrows(IllegalStateException.class, userfaultfd::poll);
    assertThrows(IllegalStateException.class, userfaultfd::isReadable);
    assertThrows(
        IllegalStateException.class, () -> userfaultfd.zero(range(address, PAGE), Set.of()));
    space.view(range(address, PAGE)).close();
  }

  @Test
  void closingWakesEverybodyAlthoughSomebodyElseHasACopy() throws Exception {
    SystemCalls calls = memory.calls();
    long self = ProcessHandle.current().pid();
    long address = space.map(anonymous(PAGE));
    LinuxUserfaultfd userfaultfd = missing(address, PAGE);
    assertThrows(
        IllegalArgumentException.class,
        () -> memory.userfaultfdOf(self, userfaultfd.descriptorNumber()));
    long handle = calls.call(SystemCall.PIDFD_OPEN, self, 0, 0);
    long copy = calls.call(SystemCall.PIDFD_GETFD, handle, userfaultfd.descriptorNumber(), 0);
    assertTrue(copy >= 0);
    CompletableFuture<Void> reader = async(() -> assertEquals(0, byteAt(address)));
    userfaultfd.take();
    userfaultfd.close();
    reader.get(10, TimeUnit.SECONDS);
    try (DirectView view = space.view(range(address, PAGE))) {
      assertEquals(0, view.segment().get(ValueLayout.JAVA_BYTE, 0));
    }
    calls.call(SystemCall.CLOSE, copy, 0, 0);
    calls.call(SystemCall.CLOSE, handle, 0, 0);
  }

  @Test
  void closingTheSpaceEndsAWaitingAccess() throws Exception {
    long address = space.map(anonymous(PAGE));
    LinuxUserfaultfd userfaultfd = missing(address, PAGE);
    CompletableFuture<Void> reader = async(() -> byteAt(address));
    userfaultfd.take();
    space.close();
    ExecutionException ended =
        assertThrows(ExecutionException.class, () -> reader.get(10, TimeUnit.SECONDS));
    assertEquals(Errno.ESRCH, ((MemoryException) ended.getCause()).errno());
  }

  @Test
  void anUnmappedRangeKeepsItsAddressesWhileAnAccessWaits() throws Exception {
    long address = space.map(anonymous(PAGE));
    LinuxUserfaultfd userfaultfd = missing(address, PAGE);
    CompletableFuture<Void> reader = async(() -> byteAt(address));
    userfaultfd.take();
    space.unmap(range(address, PAGE));
    assertFalse(reader.isDone());
    refused(Errno.EFAULT, () -> byteAt(address));
    long again = space.map(anonymous(PAGE).at(address));
    assertEquals(address, again);
    userfaultfd.wake(range(address, PAGE));
    reader.get(10, TimeUnit.SECONDS);
    assertEquals(0, byteAt(address));
  }

  @Test
  void theListenerHearsOfEveryMessage() throws Exception {
    long address = space.map(anonymous(2 * PAGE));
    LinuxUserfaultfd userfaultfd = missing(address, 2 * PAGE);
    CountDownLatch heard = new CountDownLatch(2);
    AutoCloseable watch =
        userfaultfd.onReadable(
            () -> {
              if (userfaultfd.poll() instanceof UffdMessage.PageFault fault) {
                userfaultfd.zero(range(fault.address(), PAGE), Set.of());
                heard.countDown();
              }
            });
    assertEquals(0, byteAt(address));
    assertEquals(0, byteAt(address + PAGE));
    assertTrue(heard.await(10, TimeUnit.SECONDS));
    watch.close();
    watch.close();
  }

  @Test
  void userModeOnlyAnswersSystemCallsWithAFault() {
    long address = space.map(anonymous(PAGE));
    LinuxUserfaultfd userfaultfd = space.userfaultfd(Set.of(UffdFlag.USER_MODE_ONLY));
    userfaultfd.handshake(Set.of());
    userfaultfd.register(range(address, PAGE), Set.of(UffdMode.MISSING));
    refused(Errno.EFAULT, () -> byteAt(address));
    assertNull(userfaultfd.poll());
  }

  @Test
  void aWatchedRangeCannotBeViewedByAccident() {
    long address = space.map(anonymous(4 * PAGE));
    LinuxUserfaultfd userfaultfd = missing(address, PAGE);
    refused(Errno.EBUSY, () -> space.view(range(address, 4 * PAGE)));
    refused(Errno.EBUSY, () -> space.view(range(address, PAGE), ViewMode.SIGBUS));
    try (DirectView view = space.view(range(address + PAGE, 3 * PAGE))) {
      refused(
          Errno.EBUSY,
          () -> userfaultfd.register(range(address, 4 * PAGE), Set.of(UffdMode.MISSING)));
      assertEquals(0, view.segment().get(ValueLayout.JAVA_BYTE, 0));
    }
    userfaultfd.register(range(address, 4 * PAGE), Set.of(UffdMode.MISSING));
    userfaultfd.unregister(range(address, 2 * PAGE));
    space.view(range(address, 2 * PAGE)).close();
    refused(Errno.EBUSY, () -> space.view(range(address + 2 * PAGE, PAGE)));
    space.view(range(address + 2 * PAGE, PAGE), ViewMode.MAY_STOP_THE_JVM).close();
  }

  @Test
  void sigbusModeRaisesAnErrorInsteadOfWaiting() {
    long address = space.map(anonymous(PAGE));
    LinuxUserfaultfd userfaultfd = userfaultfd(UffdFeature.SIGBUS);
    userfaultfd.register(range(address, PAGE), Set.of(UffdMode.MISSING));
    refused(Errno.EBUSY, () -> space.view(range(address, PAGE)));
    refused(Errno.EFAULT, () -> byteAt(address));
    try (DirectView view = space.view(range(address, PAGE), ViewMode.SIGBUS)) {
      assertThrows(InternalError.class, () -> view.segment().get(ValueLayout.JAVA_BYTE, 0));
      assertNull(userfaultfd.poll());
      userfaultfd.copy(address, bytes(4096, 6), Set.of());
      assertEquals(6, view.segment().get(ValueLayout.JAVA_BYTE, 0));
    }
  }

  @Test
  void servingFillsFromTheSource() throws Exception {
    int pages = 64;
    long address = space.map(anonymous(pages * PAGE));
    LinuxUserfaultfd userfaultfd = userfaultfd(UffdFeature.EVENT_REMOVE, UffdFeature.EVENT_UNMAP);
    PageSource source =
        (at, page) -> {
          if (at == address + 5 * PAGE) {
            throw new IllegalArgumentException("no such page (the test wants this)");
          }
          page.set(ValueLayout.JAVA_LONG, 0, at);
        };
    PageService service = userfaultfd.serve(range(address, pages * PAGE), source);
    CompletableFuture<Void> dropper =
        async(
            () -> {
              for (int i = 0; i < 50; i++) {
                space.advise(range(address + 8 * PAGE, 8 * PAGE), Advice.DONTNEED);
              }
            });
    for (int round = 0; round < 20; round++) {
      for (int page = 6; page < pages; page++) {
        long at = address + page * PAGE;
        byte[] word = new byte[8];
        space.read(at, java.lang.foreign.MemorySegment.ofArray(word));
        assertEquals(
            at, java.nio.ByteBuffer.wrap(word).order(java.nio.ByteOrder.nativeOrder()).getLong());
      }
    }
    dropper.get(10, TimeUnit.SECONDS);
    refused(Errno.EFAULT, () -> byteAt(address + 5 * PAGE));
    assertTrue(service.filledPages() >= pages - 6);
    service.close();
    assertEquals(0, byteAt(address), "not served any more");
    assertTrue(byteAt(address + 8 * PAGE + 1) != 0 || byteAt(address + 8 * PAGE + 2) != 0);
  }
}
