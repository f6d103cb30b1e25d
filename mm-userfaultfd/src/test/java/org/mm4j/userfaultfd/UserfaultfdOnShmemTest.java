/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.userfaultfd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Errno;
import org.mm4j.FillFlag;
import org.mm4j.FillOutcome;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.MemoryFileFlag;
import org.mm4j.MemorySystem;
import org.mm4j.Protection;
import org.mm4j.Seal;
import org.mm4j.UffdFeature;
import org.mm4j.UffdFlag;
import org.mm4j.UffdMessage;
import org.mm4j.UffdMode;
import org.mm4j.UffdOperation;
import org.mm4j.Userfaultfd;

/**
 * userfaultfd on shared memory files, as a user sees it: linux-semantics §5, the rows that MISSING
 * on shmem has.
 */
final class UserfaultfdOnShmemTest {
  private static final int PAGE = 4096;
  private static final int PAGES = 16;
  private static final Set<UffdMode> MISSING = Set.of(UffdMode.MISSING);
  private static final Set<FillFlag> PLAIN = Set.of();

  /** As many threads as there are blocked faults: the common pool has too few. */
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private MemorySystem memory;
  private MemoryFile file;
  private AddressSpace space;
  private Userfaultfd uffd;

  /** The watched mapping and a plain alias of the same file. */
  private long watched;

  private long alias;

  @BeforeEach
  void open() {
    memory = MemorySystem.simulated().physicalBytes(16 << 20).build();
    file = memory.createMemoryFile("watched", Set.of());
    file.truncate(PAGES * PAGE);
    space = memory.newAddressSpace();
    watched = space.map(MapRequest.shared(file, 0, PAGES * PAGE));
    alias = space.map(MapRequest.shared(file, 0, PAGES * PAGE));
    uffd = space.userfaultfd(Set.of());
  }

  @AfterEach
  void close() {
    uffd.close();
    threads.shutdownNow();
    space.close();
    file.close();
    assertEquals(memory.statistics().totalFrames(), memory.statistics().freeFrames(), "frames");
    memory.close();
  }

  private AddressRange pages(long first, long count) {
    return new AddressRange(watched + first * PAGE, count * PAGE);
  }

  private void arm(AddressRange range) {
    uffd.handshake(Set.of());
    uffd.register(range, MISSING);
  }

  private static MemorySegment content(int pages, int seed) {
    byte[] bytes = new byte[pages * PAGE];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (seed + i / PAGE + i);
    }
    return MemorySegment.ofArray(bytes);
  }

  private byte[] read(long address, int length) {
    byte[] bytes = new byte[length];
    space.read(address, MemorySegment.ofArray(bytes));
    return bytes;
  }

  private static byte[] page(MemorySegment content, int page) {
    return content.asSlice((long) page * PAGE, PAGE).toArray(ValueLayout.JAVA_BYTE);
  }

  private static void refused(Errno errno, Runnable call) {
    assertEquals(errno, assertThrows(MemoryException.class, call::run).errno());
  }

  private CompletableFuture<byte[]> readInBackground(long address) {
    return CompletableFuture.supplyAsync(() -> read(address, PAGE), threads);
  }

  // ---------------------------------------------------------------- handshake

  @Test
  void everythingButTheHandshakeIsRefusedBeforeIt() {
    refused(Errno.EINVAL, () -> uffd.register(pages(0, 1), MISSING));
    refused(Errno.EINVAL, () -> uffd.unregister(pages(0, 1)));
    refused(Errno.EINVAL, () -> uffd.copy(watched, content(1, 0), PLAIN));
    refused(Errno.EINVAL, () -> uffd.zero(pages(0, 1), PLAIN));
    refused(Errno.EINVAL, () -> uffd.wake(pages(0, 1)));
    refused(Errno.EINVAL, uffd::poll);
    refused(Errno.EINVAL, uffd::isReadable);
  }

  @Test
  void theHandshakeIsMadeOnceAndOnlyForFeaturesThatAreThere() {
    refused(Errno.EINVAL, () -> uffd.handshake(Set.of(UffdFeature.EVENT_FORK)));
    assertTrue(uffd.handshake(Set.of()).contains(UffdFeature.MISSING_SHMEM));
    refused(Errno.EINVAL, () -> uffd.handshake(Set.of()));
  }

  // ---------------------------------------------------------------- registration

  static Stream<Arguments> badRanges() {
    return Stream.of(
        Arguments.of("unaligned start", 1L, (long) PAGE),
        Arguments.of("unaligned length", 0L, PAGE + 1L),
        Arguments.of("no length", 0L, 0L),
        Arguments.of("wraps", 0L, -PAGE + 0L),
        Arguments.of("beyond user addresses", 0L, 1L << 47));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badRanges")
  void badRangesAreEinvalForEveryOperation(String what, long offset, long length) {
    uffd.handshake(Set.of());
    AddressRange range = new AddressRange(watched + offset, length);
    refused(Errno.EINVAL, () -> uffd.register(range, MISSING));
    refused(Errno.EINVAL, () -> uffd.unregister(range));
    refused(Errno.EINVAL, () -> uffd.zero(range, PLAIN));
    refused(Errno.EINVAL, () -> uffd.wake(range));
    refused(Errno.EINVAL, () -> uffd.copy(range.start(), alias, range.lengthBytes(), PLAIN));
  }

  @Test
  void rangesBelowTheLowestAddressAreEinval() {
    uffd.handshake(Set.of());
    refused(Errno.EINVAL, () -> uffd.register(new AddressRange(0, PAGE), MISSING));
  }

  @Test
  void modesThatAreNotThereAreEinval() {
    uffd.handshake(Set.of());
    refused(Errno.EINVAL, () -> uffd.register(pages(0, 1), Set.of()));
    refused(Errno.EINVAL, () -> uffd.register(pages(0, 1), Set.of(UffdMode.MINOR)));
    refused(Errno.EINVAL, () -> uffd.register(pages(0, 1), Set.of(UffdMode.WRITE_PROTECT)));
    refused(Errno.EINVAL, () -> uffd.register(pages(0, 1), EnumSet.allOf(UffdMode.class)));
  }

  @Test
  void registeringSaysWhatTheRangeSupports() {
    uffd.handshake(Set.of());
    assertEquals(
        Set.of(UffdOperation.WAKE, UffdOperation.COPY, UffdOperation.ZEROPAGE),
        uffd.register(pages(0, 4), MISSING));
  }

  @Test
  void anUnmappedRangeIsEinvalAndAGapIsFine() {
    uffd.handshake(Set.of());
    space.unmap(pages(4, 4));
    refused(Errno.EINVAL, () -> uffd.register(pages(4, 4), MISSING));
    refused(Errno.EINVAL, () -> uffd.unregister(pages(4, 4)));
    uffd.register(pages(0, PAGES), MISSING);
  }

  @Test
  void rule_6_2_aRangeOfAnotherUserfaultfdIsEbusyAndNothingIsArmed() {
    arm(pages(8, 1));
    try (Userfaultfd other = space.userfaultfd(Set.of())) {
      other.handshake(Set.of());
      refused(Errno.EBUSY, () -> other.register(pages(0, PAGES), MISSING));
      refused(Errno.EINVAL, () -> other.unregister(pages(0, PAGES)));
      assertArrayEquals(new byte[PAGE], read(watched, PAGE), "page 0 must not be armed");
      assertNull(other.poll());
    }
  }

  @Test
  void aMappingThatCanNeverBeWrittenIsEperm() {
    try (MemoryFile sealed =
        memory.createMemoryFile("sealed", EnumSet.of(MemoryFileFlag.ALLOW_SEALING))) {
      sealed.truncate(PAGE);
      sealed.addSeals(EnumSet.of(Seal.WRITE));
      long readOnly =
          space.map(MapRequest.shared(sealed, 0, PAGE).protect(EnumSet.of(Protection.READ)));
      uffd.handshake(Set.of());
      refused(Errno.EPERM, () -> uffd.register(new AddressRange(readOnly, PAGE), MISSING));
      space.unmap(new AddressRange(readOnly, PAGE));
    }
  }

  @Test
  void unregisteringWhatIsNotRegisteredIsFine() {
    uffd.handshake(Set.of());
    uffd.unregister(pages(0, 4));
  }

  // ---------------------------------------------------------------- filling

  @Test
  void rule_6_5_copyFillsAndMapsPages() {
    arm(pages(0, PAGES));
    MemorySegment content = content(3, 5);
    assertEquals(new FillOutcome.Filled(3 * PAGE), uffd.copy(watched, content, PLAIN));
    assertArrayEquals(page(content, 0), read(watched, PAGE));
    assertArrayEquals(page(content, 2), read(alias + 2 * PAGE, PAGE));
    assertEquals(3, space.residency(pages(0, PAGES)).cardinality());
    assertNull(uffd.poll());
  }

  @Test
  void copyFromTheSameAddressSpaceTakesAnyAlignment() {
    long source;
    MemorySegment content = content(2, 77);
    try (MemoryFile other = memory.createMemoryFile("source", Set.of())) {
      other.truncate(4 * PAGE);
      source = space.map(MapRequest.shared(other, 0, 4 * PAGE));
      space.write(source + 100, content);
    }
    arm(pages(0, PAGES));
    assertEquals(
        new FillOutcome.Filled(2 * PAGE), uffd.copy(watched, source + 100, 2 * PAGE, PLAIN));
    assertArrayEquals(page(content, 1), read(watched + PAGE, PAGE));
  }

  @Test
  void copyFromAnUnreadableSourceIsEfaultAndFillsNothing() {
    arm(pages(0, PAGES));
    refused(Errno.EFAULT, () -> uffd.copy(watched, 0x10000, PAGE, PLAIN));
    refused(Errno.EINVAL, () -> uffd.copy(watched, -PAGE, PAGE, PLAIN));
    assertEquals(OptionalLong.empty(), file.seekData(0));
  }

  @Test
  void theDestinationIsLookedAtBeforeTheSource() {
    long nowhere = 1L << 30;
    arm(pages(0, 1));
    assertEquals(new FillOutcome.NotRegistered(), uffd.copy(watched + PAGE, nowhere, PAGE, PLAIN));
    assertEquals(new FillOutcome.NotRegistered(), uffd.copy(watched, nowhere, 2 * PAGE, PLAIN));
  }

  @Test
  void rule_6_6_copyOntoAPageIsAlreadyPresentAndKeepsIt() {
    space.write(alias, content(1, 1));
    arm(pages(0, PAGES));
    assertEquals(new FillOutcome.AlreadyPresent(), uffd.copy(watched, content(1, 2), PLAIN));
    assertArrayEquals(page(content(1, 1), 0), read(watched, PAGE));
    assertEquals(
        new FillOutcome.AlreadyPresent(),
        uffd.zero(pages(0, 1), PLAIN),
        "mapped by the read before");
  }

  @Test
  void rule_6_6_copyStopsAtTheFirstPageThatIsThereAndSaysHowFarItCame() {
    space.write(alias + 2 * PAGE, content(1, 1));
    arm(pages(0, PAGES));
    assertEquals(new FillOutcome.Retry(2 * PAGE), uffd.copy(watched, content(4, 2), PLAIN));
    assertEquals(OptionalLong.of(3 * PAGE), file.seekHole(0));
  }

  @Test
  void rule_6_6_copyOutsideOfOneRegisteredMappingIsNotRegistered() {
    uffd.handshake(Set.of());
    assertEquals(new FillOutcome.NotRegistered(), uffd.copy(watched, content(1, 0), PLAIN));
    uffd.register(pages(0, 4), MISSING);
    assertEquals(
        new FillOutcome.NotRegistered(),
        uffd.copy(watched + 3 * PAGE, content(2, 0), PLAIN),
        "crosses the end");
    assertEquals(
        new FillOutcome.NotRegistered(), uffd.zero(new AddressRange(1L << 40, PAGE), PLAIN));
    assertEquals(OptionalLong.empty(), file.seekData(0));
  }

  @Test
  void rule_6_6_copyBeyondTheEndOfTheFileIsOutOfRange() {
    arm(pages(0, PAGES));
    file.truncate(2 * PAGE);
    assertEquals(new FillOutcome.OutOfRange(), uffd.copy(watched + 2 * PAGE, content(1, 0), PLAIN));
    assertEquals(new FillOutcome.Retry(PAGE), uffd.copy(watched + PAGE, content(2, 0), PLAIN));
  }

  @Test
  void writeProtectingACopyNeedsAWriteProtectRegistration() {
    arm(pages(0, PAGES));
    refused(
        Errno.EINVAL, () -> uffd.copy(watched, content(1, 0), EnumSet.of(FillFlag.WRITE_PROTECT)));
  }

  @Test
  void copyIntoAMappingWithoutPermissionsFillsTheFile() {
    arm(pages(0, PAGES));
    space.protect(pages(0, PAGES), Set.of());
    assertEquals(new FillOutcome.Filled(PAGE), uffd.copy(watched, content(1, 9), PLAIN));
    assertArrayEquals(page(content(1, 9), 0), read(alias, PAGE));
    refused(Errno.EFAULT, () -> read(watched, PAGE));
  }

  @Test
  void rule_6_5_zeroFillsWithZeros() {
    arm(pages(0, PAGES));
    assertEquals(new FillOutcome.Filled(2 * PAGE), uffd.zero(pages(0, 2), PLAIN));
    assertArrayEquals(new byte[PAGE], read(watched + PAGE, PAGE));
    assertEquals(OptionalLong.of(0), file.seekData(0));
  }

  @Test
  void copyIsEnomemWhenMemoryIsExhausted() {
    arm(pages(0, PAGES));
    try (MemoryFile hog = memory.createMemoryFile("hog", Set.of())) {
      long size = 64L << 20;
      hog.truncate(size);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment chunk = arena.allocate(1 << 20);
        for (long offset = 0; offset < size; offset += 1 << 20) {
          if (!fits(hog, offset, chunk)) {
            break;
          }
        }
      }
      refused(Errno.ENOMEM, () -> uffd.copy(watched, content(1, 0), PLAIN));
      assertEquals(OptionalLong.empty(), file.seekData(0));
    }
  }

  private static boolean fits(MemoryFile file, long offset, MemorySegment chunk) {
    try {
      return file.write(offset, chunk) == chunk.byteSize();
    } catch (MemoryException e) {
      return false;
    }
  }

  // ---------------------------------------------------------------- faults

  @Test
  void rule_6_3_aTouchedHoleSendsOneMessageAndWaitsForTheCopy() throws Exception {
    arm(pages(0, PAGES));
    CompletableFuture<byte[]> reader = readInBackground(watched + 5 * PAGE);
    assertEquals(new UffdMessage.PageFault(watched + 5 * PAGE, 0, 0), uffd.take());
    assertFalse(reader.isDone());
    assertNull(uffd.poll());
    MemorySegment content = content(1, 42);
    uffd.copy(watched + 5 * PAGE, content, PLAIN);
    assertArrayEquals(page(content, 0), reader.get(10, TimeUnit.SECONDS));
    assertNull(uffd.poll());
  }

  @Test
  void aStoreSetsTheWriteFlag() throws Exception {
    arm(pages(0, PAGES));
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(() -> space.write(watched, content(1, 1)), threads);
    assertEquals(
        new UffdMessage.PageFault(watched, UffdMessage.PageFault.FLAG_WRITE, 0), uffd.take());
    uffd.zero(pages(0, 1), PLAIN);
    writer.get(10, TimeUnit.SECONDS);
  }

  @Test
  void exactAddressIsAFeature() throws Exception {
    uffd.handshake(Set.of(UffdFeature.EXACT_ADDRESS));
    uffd.register(pages(0, PAGES), MISSING);
    CompletableFuture<byte[]> reader =
        CompletableFuture.supplyAsync(() -> read(watched + PAGE + 123, 1), threads);
    UffdMessage.PageFault message = assertInstanceOf(UffdMessage.PageFault.class, uffd.take());
    assertEquals(watched + PAGE + 123, message.address());
    uffd.zero(pages(1, 1), PLAIN);
    reader.get(10, TimeUnit.SECONDS);
  }

  @Test
  void rule_6_3_aWakeWithoutAPageMakesTheThreadAskAgain() throws Exception {
    arm(pages(0, PAGES));
    CompletableFuture<byte[]> reader = readInBackground(watched);
    uffd.take();
    uffd.wake(pages(0, 1));
    assertEquals(new UffdMessage.PageFault(watched, 0, 0), uffd.take());
    uffd.zero(pages(0, 1), PLAIN);
    reader.get(10, TimeUnit.SECONDS);
  }

  @Test
  void copyWithoutWakeLeavesTheThreadAsleepUntilTheWake() throws Exception {
    arm(pages(0, PAGES));
    CompletableFuture<byte[]> reader = readInBackground(watched);
    uffd.take();
    uffd.copy(watched, content(1, 3), EnumSet.of(FillFlag.DONT_WAKE));
    assertFalse(reader.isDone());
    assertTrue(uffd.describe().contains("waiting: 1"), uffd.describe());
    uffd.wake(pages(0, 1));
    assertArrayEquals(page(content(1, 3), 0), reader.get(10, TimeUnit.SECONDS));
  }

  @Test
  void rule_6_9_aPageThatTheFileHasIsMappedWithoutAMessage() {
    space.write(alias + PAGE, content(1, 8));
    arm(pages(0, PAGES));
    assertArrayEquals(page(content(1, 8), 0), read(watched + PAGE, PAGE));
    assertNull(uffd.poll());
  }

  @Test
  void rule_6_9_aFallocatedPageIsNotAHole() {
    file.allocate(0, PAGE);
    arm(pages(0, PAGES));
    assertArrayEquals(new byte[PAGE], read(watched, PAGE));
    assertNull(uffd.poll());
  }

  @Test
  void theUnwatchedAliasFillsHolesWithoutAMessage() {
    arm(pages(0, PAGES));
    assertArrayEquals(new byte[PAGE], read(alias, PAGE));
    assertNull(uffd.poll());
  }

  @Test
  void aPunchedHoleIsMissingAgain() throws Exception {
    arm(pages(0, PAGES));
    uffd.copy(watched, content(1, 1), PLAIN);
    file.punchHole(0, PAGE);
    CompletableFuture<byte[]> reader = readInBackground(watched);
    assertEquals(new UffdMessage.PageFault(watched, 0, 0), uffd.take());
    uffd.copy(watched, content(1, 2), PLAIN);
    assertArrayEquals(page(content(1, 2), 0), reader.get(10, TimeUnit.SECONDS));
  }

  @Test
  void systemCallsOfAUserModeOnlyUserfaultfdAreEfault() {
    try (Userfaultfd user = space.userfaultfd(EnumSet.of(UffdFlag.USER_MODE_ONLY))) {
      user.handshake(Set.of());
      user.register(pages(0, PAGES), MISSING);
      refused(Errno.EFAULT, () -> read(watched, PAGE));
      assertNull(user.poll());
    }
  }

  @Test
  void theSigbusFeatureFailsTheAccessInsteadOfWaiting() {
    uffd.handshake(Set.of(UffdFeature.SIGBUS));
    uffd.register(pages(0, PAGES), MISSING);
    refused(Errno.EFAULT, () -> read(watched, PAGE));
    assertNull(uffd.poll());
    uffd.copy(watched, content(1, 1), PLAIN);
    assertArrayEquals(page(content(1, 1), 0), read(watched, PAGE));
  }

  @Test
  void listenersHearOfEveryMessage() throws Exception {
    arm(pages(0, PAGES));
    Semaphore heard = new Semaphore(0);
    AutoCloseable handle = uffd.onReadable(heard::release);
    CompletableFuture<byte[]> reader = readInBackground(watched);
    assertTrue(heard.tryAcquire(10, TimeUnit.SECONDS));
    assertInstanceOf(UffdMessage.PageFault.class, uffd.poll());
    handle.close();
    uffd.wake(pages(0, 1));
    uffd.take();
    assertEquals(0, heard.availablePermits());
    uffd.zero(pages(0, 1), PLAIN);
    reader.get(10, TimeUnit.SECONDS);
  }

  // ---------------------------------------------------------------- ends

  @Test
  void rule_6_8_unregisteringWakesAndTheThreadFaultsAsInUnwatchedMemory() throws Exception {
    arm(pages(0, PAGES));
    CompletableFuture<byte[]> reader = readInBackground(watched + PAGE);
    uffd.take();
    uffd.unregister(pages(1, 1));
    assertArrayEquals(new byte[PAGE], reader.get(10, TimeUnit.SECONDS));
    assertEquals(new FillOutcome.NotRegistered(), uffd.copy(watched + PAGE, content(1, 0), PLAIN));
    assertEquals(new FillOutcome.Filled(PAGE), uffd.copy(watched, content(1, 0), PLAIN));
  }

  @Test
  void rule_6_8_closingWakesEveryWaiter() throws Exception {
    arm(pages(0, PAGES));
    CompletableFuture<byte[]> read = readInBackground(watched + PAGE);
    uffd.take();
    CompletableFuture<byte[]> unread = readInBackground(watched + 2 * PAGE);
    while (!uffd.isReadable()) {
      Thread.onSpinWait();
    }
    uffd.close();
    assertArrayEquals(new byte[PAGE], read.get(10, TimeUnit.SECONDS));
    assertArrayEquals(new byte[PAGE], unread.get(10, TimeUnit.SECONDS));
    assertThrows(IllegalStateException.class, uffd::poll);
    assertThrows(IllegalStateException.class, () -> uffd.register(pages(0, 1), MISSING));
    uffd.close();
  }

  @Test
  void rule_6_8_closingTheAddressSpaceEndsWaitersAndFilling() throws Exception {
    arm(pages(0, PAGES));
    CompletableFuture<Errno> reader =
        CompletableFuture.supplyAsync(
            () -> assertThrows(MemoryException.class, () -> read(watched, PAGE)).errno(), threads);
    uffd.take();
    space.close();
    assertEquals(Errno.ESRCH, reader.get(10, TimeUnit.SECONDS));
    assertEquals(new FillOutcome.Gone(), uffd.copy(watched, content(1, 0), PLAIN));
    assertEquals(new FillOutcome.Gone(), uffd.copy(watched, alias, PAGE, PLAIN));
  }

  @Test
  void closingTheAddressSpaceEndsACopyThatWaitsForItsSource() throws Exception {
    arm(pages(0, 1));
    MemoryFile other = memory.createMemoryFile("source", Set.of());
    other.truncate(PAGE);
    long source = space.map(MapRequest.shared(other, 0, PAGE));
    try (Userfaultfd second = space.userfaultfd(Set.of())) {
      second.handshake(Set.of());
      second.register(new AddressRange(source, PAGE), MISSING);
      CompletableFuture<FillOutcome> copy =
          CompletableFuture.supplyAsync(() -> uffd.copy(watched, source, PAGE, PLAIN), threads);
      second.take();
      space.close();
      assertEquals(new FillOutcome.Gone(), copy.get(10, TimeUnit.SECONDS));
    }
    other.close();
  }

  @Test
  void closingTheAddressSpaceEndsAWaiterWhoseMappingIsGone() throws Exception {
    arm(pages(0, PAGES));
    CompletableFuture<Errno> reader =
        CompletableFuture.supplyAsync(
            () -> assertThrows(MemoryException.class, () -> read(watched, PAGE)).errno(), threads);
    uffd.take();
    space.unmap(pages(0, PAGES));
    assertFalse(reader.isDone(), "munmap wakes nobody");
    space.close();
    assertEquals(Errno.ESRCH, reader.get(10, TimeUnit.SECONDS));
  }

  @Test
  void anInterruptEndsTheWaitWithEintrAndTheMessageGoes() throws Exception {
    arm(pages(0, PAGES));
    CompletableFuture<Errno> ended = new CompletableFuture<>();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () ->
                    ended.complete(
                        assertThrows(MemoryException.class, () -> read(watched, PAGE)).errno()));
    while (!uffd.isReadable()) {
      Thread.onSpinWait();
    }
    reader.interrupt();
    assertEquals(Errno.EINTR, ended.get(10, TimeUnit.SECONDS));
    reader.join();
    assertNull(uffd.poll());
    assertTrue(uffd.describe().contains("waiting: 0"), uffd.describe());
  }

  @Test
  void aForkedChildIsNotWatched() throws Exception {
    arm(pages(0, PAGES));
    try (AddressSpace child = space.fork()) {
      byte[] bytes = new byte[PAGE];
      child.read(watched, MemorySegment.ofArray(bytes));
      assertArrayEquals(new byte[PAGE], bytes);
      assertNull(uffd.poll());
    }
  }

  @Test
  void remappingOverAWatchedRangeEndsTheRegistrationThere() {
    arm(pages(0, PAGES));
    space.map(
        new MapRequest(
            watched,
            PAGE,
            EnumSet.of(Protection.READ, Protection.WRITE),
            EnumSet.of(MapFlag.SHARED, MapFlag.FIXED),
            file,
            0));
    assertArrayEquals(new byte[PAGE], read(watched, PAGE));
    assertNull(uffd.poll());
  }
}
