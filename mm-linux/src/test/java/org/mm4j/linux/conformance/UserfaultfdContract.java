/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mm4j.AddressRange;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.FillFlag;
import org.mm4j.FillOutcome.AlreadyPresent;
import org.mm4j.FillOutcome.Filled;
import org.mm4j.FillOutcome.NotRegistered;
import org.mm4j.FillOutcome.OutOfRange;
import org.mm4j.FillOutcome.Retry;
import org.mm4j.MapRequest;
import org.mm4j.MemoryFile;
import org.mm4j.Protection;
import org.mm4j.Seal;
import org.mm4j.UffdFeature;
import org.mm4j.UffdFlag;
import org.mm4j.UffdMessage;
import org.mm4j.UffdMode;
import org.mm4j.UffdOperation;
import org.mm4j.Userfaultfd;

/** userfaultfd on shared memory files, mode MISSING (linux-semantics §5). */
abstract class UserfaultfdContract extends BackendContract {
  private static final Set<FillFlag> PLAIN = EnumSet.noneOf(FillFlag.class);
  private static final int PAGES = 16;

  private MemoryFile file;
  private long watched;
  private long alias;

  @BeforeEach
  final void mapTwice() {
    file = file(PAGES * PAGE);
    watched = mapAligned(MapRequest.shared(file, 0, PAGES * PAGE));
    alias = mapAligned(MapRequest.shared(file, 0, PAGES * PAGE));
  }

  private AddressRange pages(long first, long count) {
    return range(watched + first * PAGE, count * PAGE);
  }

  private Userfaultfd armed() {
    return armed(pages(0, PAGES));
  }

  private static <T> CompletableFuture<T> inBackground(Supplier<T> call) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                done.complete(call.get());
              } catch (Throwable t) {
                done.completeExceptionally(t);
              }
            });
    return done;
  }

  private CompletableFuture<Byte> readInBackground(long address) {
    return inBackground(() -> byteAt(address));
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  // Handshake and registration

  @Test
  void theHandshakeComesFirstAndOnce() {
    Userfaultfd userfaultfd = closing(space.userfaultfd(Set.of()));
    refused(Errno.EINVAL, () -> userfaultfd.register(pages(0, 1), MISSING));
    refused(Errno.EINVAL, () -> userfaultfd.unregister(pages(0, 1)));
    refused(Errno.EINVAL, () -> userfaultfd.wake(pages(0, 1)));
    refused(Errno.EINVAL, () -> userfaultfd.copy(watched, bytes(PAGE, 1), PLAIN));
    refused(Errno.EINVAL, () -> userfaultfd.zero(pages(0, 1), PLAIN));
    refused(Errno.EINVAL, userfaultfd::poll);
    Set<UffdFeature> offered = userfaultfd.handshake(Set.of());
    assertTrue(offered.contains(UffdFeature.MISSING_SHMEM));
    refused(Errno.EINVAL, () -> userfaultfd.handshake(Set.of()));
    assertNull(userfaultfd.poll());
    assertFalse(userfaultfd.isReadable());
  }

  @ParameterizedTest
  @CsvSource({"1,4096", "0,4097", "0,0", "0,-4096", "0,0x800000000000"})
  void badRangesAreRefusedByEveryCall(long offset, String length) {
    Userfaultfd userfaultfd = userfaultfd();
    AddressRange bad = range(watched + offset, Long.decode(length));
    refused(Errno.EINVAL, () -> userfaultfd.register(bad, MISSING));
    refused(Errno.EINVAL, () -> userfaultfd.unregister(bad));
    refused(Errno.EINVAL, () -> userfaultfd.wake(bad));
    refused(Errno.EINVAL, () -> userfaultfd.zero(bad, PLAIN));
    refused(Errno.EINVAL, () -> userfaultfd.copy(bad.start(), alias, bad.lengthBytes(), PLAIN));
  }

  @Test
  void registrationNeedsAModeAndAMapping() {
    Userfaultfd userfaultfd = userfaultfd();
    refused(Errno.EINVAL, () -> userfaultfd.register(pages(0, 1), Set.of()));
    refused(Errno.EINVAL, () -> userfaultfd.register(range(0, PAGE), MISSING));
    space.unmap(pages(4, 4));
    refused(Errno.EINVAL, () -> userfaultfd.register(pages(4, 4), MISSING));
    refused(Errno.EINVAL, () -> userfaultfd.unregister(pages(4, 4)));
    userfaultfd.unregister(pages(0, 4));
  }

  @Test
  void aRegistrationOffersFillingAndWaking() {
    Set<UffdOperation> offered = userfaultfd().register(pages(0, 4), MISSING);
    assertTrue(
        offered.containsAll(
            EnumSet.of(UffdOperation.WAKE, UffdOperation.COPY, UffdOperation.ZEROPAGE)));
    assertEquals(
        Set.of(UffdMode.MISSING),
        space.mappings().stream()
            .filter(view -> view.range().contains(watched))
            .findFirst()
            .orElseThrow()
            .userfaultModes());
  }

  @Test
  void whatAnotherUserfaultfdWatchesIsBusyAndNothingIsArmed() {
    armed(pages(8, 1));
    Userfaultfd other = userfaultfd();
    refused(Errno.EBUSY, () -> other.register(pages(0, PAGES), MISSING));
    refused(Errno.EINVAL, () -> other.unregister(pages(0, PAGES)));
    assertEquals(0, byteAt(watched), "the first page is not armed");
    assertNull(other.poll());
  }

  @Test
  void aMappingThatCanNeverBeWrittenIsRefused() {
    MemoryFile sealed = file(PAGE);
    sealed.addSeals(Set.of(Seal.WRITE));
    long readOnly = space.map(MapRequest.shared(sealed, 0, PAGE).protect(Set.of(Protection.READ)));
    Userfaultfd userfaultfd = userfaultfd();
    refused(Errno.EPERM, () -> userfaultfd.register(range(readOnly, PAGE), MISSING));
  }

  // Filling

  @Test
  void copyFillsAndSecondTimeFindsThePage() {
    Userfaultfd userfaultfd = armed();
    assertEquals(new Filled(3 * PAGE), userfaultfd.copy(watched, bytes(3 * PAGE, 7), PLAIN));
    assertEquals(7, byteAt(watched + 3 * PAGE - 1));
    assertEquals(7, byteAt(alias));
    assertEquals(24, file.blocks());
    assertEquals(OptionalLong.of(3 * PAGE), file.seekHole(0));
    assertEquals(new AlreadyPresent(), userfaultfd.copy(watched, bytes(PAGE, 8), PLAIN));
    assertEquals(new AlreadyPresent(), userfaultfd.zero(pages(0, 1), PLAIN));
    assertEquals(7, byteAt(watched));
    assertNull(userfaultfd.poll());
  }

  @Test
  void copyMeetsPagesThatOnlyTheFileHas() {
    file.write(2 * PAGE, bytes(1, 1));
    file.allocate(5 * PAGE, PAGE);
    Userfaultfd userfaultfd = armed();
    assertEquals(new AlreadyPresent(), userfaultfd.copy(watched + 2 * PAGE, bytes(PAGE, 2), PLAIN));
    assertEquals(new AlreadyPresent(), userfaultfd.copy(watched + 5 * PAGE, bytes(PAGE, 2), PLAIN));
    assertEquals(new AlreadyPresent(), userfaultfd.zero(pages(5, 1), PLAIN));
    assertEquals(new Retry(2 * PAGE), userfaultfd.copy(watched, bytes(4 * PAGE, 2), PLAIN));
    assertEquals(OptionalLong.of(3 * PAGE), file.seekHole(0));
    assertEquals(new Retry(2 * PAGE), userfaultfd.zero(pages(3, 4), PLAIN));
    assertEquals(1, byteAt(watched + 2 * PAGE));
  }

  @Test
  void outsideOfOneRegisteredMappingNothingIsFilled() {
    Userfaultfd userfaultfd = userfaultfd();
    assertEquals(new NotRegistered(), userfaultfd.copy(watched, bytes(PAGE, 1), PLAIN));
    assertEquals(new NotRegistered(), userfaultfd.zero(pages(0, 1), PLAIN));
    userfaultfd.register(pages(0, 4), MISSING);
    assertEquals(
        new NotRegistered(), userfaultfd.copy(watched + 3 * PAGE, bytes(2 * PAGE, 1), PLAIN));
    assertEquals(new NotRegistered(), userfaultfd.copy(alias, bytes(PAGE, 1), PLAIN));
    space.unmap(pages(0, 1));
    assertEquals(new NotRegistered(), userfaultfd.copy(watched, bytes(PAGE, 1), PLAIN));
    assertEquals(0, file.blocks());
    assertEquals(new Filled(PAGE), userfaultfd.zero(pages(1, 1), PLAIN));
  }

  @Test
  void beyondTheEndOfTheFileNothingIsFilled() {
    file.truncate(2 * PAGE);
    Userfaultfd userfaultfd = armed();
    assertEquals(new OutOfRange(), userfaultfd.copy(watched + 2 * PAGE, bytes(PAGE, 1), PLAIN));
    assertEquals(new OutOfRange(), userfaultfd.zero(pages(2, 1), PLAIN));
    assertEquals(new Retry(PAGE), userfaultfd.copy(watched + PAGE, bytes(2 * PAGE, 1), PLAIN));
    assertEquals(8, file.blocks());
  }

  @Test
  void copyFromThisAddressSpaceTakesAnyAlignmentAndNeedsASource() {
    MemoryFile other = file(2 * PAGE);
    other.write(PAGE, bytes(1, 5));
    long source = mapAligned(MapRequest.shared(other, 0, 2 * PAGE));
    Userfaultfd userfaultfd = armed();
    assertEquals(new Filled(PAGE), userfaultfd.copy(watched, source + 100, PAGE, PLAIN));
    assertEquals(5, byteAt(watched + PAGE - 100));
    refused(Errno.EFAULT, () -> userfaultfd.copy(watched + PAGE, source + HUGE, PAGE, PLAIN));
    refused(Errno.EINVAL, () -> userfaultfd.copy(watched + PAGE, -PAGE, PAGE, PLAIN));
    assertEquals(8, file.blocks());
  }

  @Test
  void aProtectedCopyNeedsAProtectedRegistration() {
    Userfaultfd userfaultfd = armed();
    refused(
        Errno.EINVAL,
        () -> userfaultfd.copy(watched, bytes(PAGE, 1), EnumSet.of(FillFlag.WRITE_PROTECT)));
    assertEquals(
        new NotRegistered(),
        userfaultfd.copy(alias, bytes(PAGE, 1), EnumSet.of(FillFlag.WRITE_PROTECT)),
        "a registration comes first");
    refused(
        Errno.EINVAL,
        () -> userfaultfd.zero(range(alias, PAGE), EnumSet.of(FillFlag.WRITE_PROTECT)));
    assertEquals(0, file.blocks());
  }

  @Test
  void theDestinationIsLookedAtBeforeTheSource() {
    MemoryFile other = file(2 * PAGE);
    long source = mapAligned(MapRequest.shared(other, 0, 2 * PAGE));
    Userfaultfd userfaultfd = armed(pages(0, 1));
    assertEquals(new NotRegistered(), userfaultfd.copy(watched + PAGE, source, PAGE, PLAIN));
    assertEquals(new NotRegistered(), userfaultfd.copy(watched, source, 2 * PAGE, PLAIN));
    assertEquals(0, other.blocks(), "the source was not touched");
    refused(Errno.EFAULT, () -> userfaultfd.copy(watched, source + HUGE, PAGE, PLAIN));
    assertEquals(new NotRegistered(), userfaultfd.copy(watched + PAGE, source + HUGE, PAGE, PLAIN));
    file.write(0, bytes(1, 1));
    assertEquals(new AlreadyPresent(), userfaultfd.copy(watched, source, PAGE, PLAIN));
    assertEquals(8, other.blocks(), "the page is found when the content is there");
  }

  @Test
  void copyDoesNotAskForPermissions() {
    Userfaultfd userfaultfd = armed();
    space.protect(pages(0, PAGES), Set.of());
    assertEquals(new Filled(PAGE), userfaultfd.copy(watched, bytes(PAGE, 9), PLAIN));
    assertEquals(9, byteAt(alias));
    refused(Errno.EFAULT, () -> byteAt(watched));
  }

  @Test
  void unregisteringMakesMemoryOrdinary() {
    Userfaultfd userfaultfd = armed();
    userfaultfd.unregister(pages(0, 8));
    assertEquals(0, byteAt(watched));
    assertEquals(new NotRegistered(), userfaultfd.zero(pages(1, 1), PLAIN));
    assertEquals(new Filled(PAGE), userfaultfd.zero(pages(8, 1), PLAIN));
    assertEquals(new NotRegistered(), userfaultfd.zero(pages(7, 2), PLAIN));
  }

  // Faults

  @Test
  void aTouchedHoleWaitsForItsPage() throws Exception {
    Userfaultfd userfaultfd = armed();
    CompletableFuture<Byte> reader = readInBackground(watched + 5 * PAGE + 123);
    assertEquals(new UffdMessage.PageFault(watched + 5 * PAGE, 0, 0), userfaultfd.take());
    assertFalse(reader.isDone());
    assertNull(userfaultfd.poll());
    userfaultfd.copy(watched + 5 * PAGE, bytes(PAGE, 42), PLAIN);
    assertEquals((byte) 42, get(reader));
    assertNull(userfaultfd.poll());
  }

  @Test
  void aStoreSetsTheWriteFlag() throws Exception {
    Userfaultfd userfaultfd = armed();
    CompletableFuture<Boolean> writer =
        inBackground(
            () -> {
              put(watched, 1);
              return true;
            });
    assertEquals(
        new UffdMessage.PageFault(watched, UffdMessage.PageFault.FLAG_WRITE, 0),
        userfaultfd.take());
    userfaultfd.zero(pages(0, 1), PLAIN);
    assertTrue(get(writer));
    assertEquals(1, byteAt(alias));
  }

  @Test
  void rule_6_3_aWakeWithoutAPageMakesTheThreadAskAgain() throws Exception {
    Userfaultfd userfaultfd = armed();
    CompletableFuture<Byte> reader = readInBackground(watched);
    userfaultfd.take();
    userfaultfd.wake(pages(0, 1));
    assertEquals(new UffdMessage.PageFault(watched, 0, 0), userfaultfd.take());
    userfaultfd.zero(pages(0, 1), PLAIN);
    assertEquals((byte) 0, get(reader));
  }

  @Test
  void fillingCanLeaveTheThreadAsleep() throws Exception {
    Userfaultfd userfaultfd = armed();
    CompletableFuture<Byte> reader = readInBackground(watched);
    userfaultfd.take();
    userfaultfd.copy(watched, bytes(PAGE, 3), EnumSet.of(FillFlag.DONT_WAKE));
    assertFalse(reader.isDone());
    userfaultfd.wake(pages(0, 1));
    assertEquals((byte) 3, get(reader));
  }

  @Test
  void closingReleasesTheThread() throws Exception {
    Userfaultfd userfaultfd = armed();
    CompletableFuture<Byte> reader = readInBackground(watched + PAGE);
    userfaultfd.take();
    userfaultfd.close();
    assertEquals((byte) 0, get(reader));
    assertEquals(8, file.blocks());
  }

  @Test
  void unregisteringReleasesTheThread() throws Exception {
    Userfaultfd userfaultfd = armed();
    CompletableFuture<Byte> reader = readInBackground(watched + PAGE);
    userfaultfd.take();
    userfaultfd.unregister(pages(0, PAGES));
    assertEquals((byte) 0, get(reader));
  }

  @Test
  void pagesOfTheFileAndDroppedTranslationsRaiseNoMessage() {
    file.write(0, bytes(1, 4));
    file.allocate(PAGE, PAGE);
    Userfaultfd userfaultfd = armed();
    assertEquals(4, byteAt(watched));
    assertEquals(0, byteAt(watched + PAGE));
    space.advise(pages(0, PAGES), Advice.DONTNEED);
    assertEquals(4, byteAt(watched));
    assertNull(userfaultfd.poll());
  }

  @Test
  void withUserModeOnlyASystemCallFails() {
    Userfaultfd userfaultfd = userfaultfd(UffdFlag.USER_MODE_ONLY);
    userfaultfd.register(pages(0, PAGES), MISSING);
    refused(Errno.EFAULT, () -> byteAt(watched));
    refused(Errno.EFAULT, () -> put(watched, 1));
    assertNull(userfaultfd.poll());
    assertEquals(new Filled(PAGE), userfaultfd.copy(watched, bytes(PAGE, 6), PLAIN));
    assertEquals(6, byteAt(watched));
  }
}
