/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.FillFlag;
import org.mm4j.FillOutcome;
import org.mm4j.FillOutcome.AlreadyPresent;
import org.mm4j.FillOutcome.Filled;
import org.mm4j.FillOutcome.NotRegistered;
import org.mm4j.FillOutcome.OutOfRange;
import org.mm4j.FillOutcome.Retry;
import org.mm4j.MapRequest;
import org.mm4j.MemoryFile;
import org.mm4j.Protection;
import org.mm4j.UffdFeature;
import org.mm4j.UffdMode;
import org.mm4j.testkit.RunningKernel;

/** Every row of the table of resolving ioctls, on the running kernel. */
final class FillingTest extends KernelFixture {
  private static final Set<FillFlag> PLAIN = Set.of();

  @Override
  Set<LinuxFeature> needs() {
    return Set.of(LinuxFeature.USERFAULTFD);
  }

  private FillOutcome copy(LinuxUserfaultfd userfaultfd, long address, int pages) {
    return userfaultfd.copy(address, bytes((int) (pages * PAGE), 7), PLAIN);
  }

  // COPY

  @Test
  void copyFillsAndTellsHowMuch() {
    long address = space.map(anonymous(4 * PAGE));
    LinuxUserfaultfd userfaultfd = missing(address, 4 * PAGE);
    assertEquals(new Filled(2 * PAGE), copy(userfaultfd, address, 2));
    assertEquals(7, byteAt(address + 2 * PAGE - 1));
    assertEquals(new AlreadyPresent(), copy(userfaultfd, address + PAGE, 1));
    assertEquals(new AlreadyPresent(), copy(userfaultfd, address + PAGE, 2));
  }

  @Test
  void copyThatMeetsAPageHalfWayDoesPart() {
    long address = space.map(anonymous(4 * PAGE));
    LinuxUserfaultfd userfaultfd = missing(address, 4 * PAGE);
    copy(userfaultfd, address + 2 * PAGE, 1);
    assertEquals(new Retry(2 * PAGE), copy(userfaultfd, address, 4));
  }

  @Test
  void copyOutsideTheRegistrationIsNotRegistered() {
    long address = space.map(anonymous(4 * PAGE));
    LinuxUserfaultfd userfaultfd = missing(address, 2 * PAGE);
    assertEquals(new NotRegistered(), copy(userfaultfd, address + 2 * PAGE, 1));
    assertEquals(new NotRegistered(), copy(userfaultfd, address + PAGE, 2));
    space.unmap(range(address, PAGE));
    assertEquals(new NotRegistered(), copy(userfaultfd, address, 1));
    assertEquals(new Filled(PAGE), copy(userfaultfd, address + PAGE, 1));
  }

  @Test
  void copyWithBadArgumentsIsRefused() {
    long address = space.map(anonymous(4 * PAGE));
    LinuxUserfaultfd userfaultfd = missing(address, 4 * PAGE);
    refused(Errno.EINVAL, () -> userfaultfd.copy(address + 1, bytes(4096, 0), PLAIN));
    refused(Errno.EINVAL, () -> userfaultfd.copy(address, bytes(0, 0), PLAIN));
    refused(Errno.EINVAL, () -> userfaultfd.copy(address, bytes(5, 0), PLAIN));
    refused(Errno.EINVAL, () -> userfaultfd.copy(-PAGE, bytes(8192, 0), PLAIN));
    refused(
        Errno.EINVAL,
        () -> userfaultfd.copy(address, bytes(4096, 0), Set.of(FillFlag.WRITE_PROTECT)));
  }

  @Test
  void copyFromAnAddressNeedsAReadableSource() {
    long address = space.map(anonymous(2 * PAGE));
    long source = space.map(anonymous(2 * PAGE));
    put(source + 3, 5);
    LinuxUserfaultfd userfaultfd = missing(address, 2 * PAGE);
    assertEquals(new Filled(PAGE), userfaultfd.copy(address, source + 3, PAGE, PLAIN));
    assertEquals(5, byteAt(address));
    space.protect(range(source, PAGE), Set.of());
    refused(Errno.EFAULT, () -> userfaultfd.copy(address + PAGE, source, PAGE, PLAIN));
    space.unmap(range(source, PAGE));
    refused(Errno.EFAULT, () -> userfaultfd.copy(address + PAGE, source, PAGE, PLAIN));
    try (Arena arena = Arena.ofConfined()) {
      long foreign = arena.allocate(PAGE).address();
      refused(Errno.EFAULT, () -> userfaultfd.copy(address + PAGE, foreign, PAGE, PLAIN));
    }
    assertEquals(new Filled(PAGE), userfaultfd.zero(range(address + PAGE, PAGE), PLAIN));
  }

  @Test
  void copyIntoASharedFileMeetsItsPages() {
    try (MemoryFile file = file(4 * PAGE)) {
      file.write(0, bytes(1, 3));
      long address = space.map(MapRequest.shared(file, 0, 8 * PAGE));
      LinuxUserfaultfd userfaultfd = missing(address, 8 * PAGE);
      assertEquals(new AlreadyPresent(), copy(userfaultfd, address, 1));
      assertEquals(new Filled(PAGE), copy(userfaultfd, address + PAGE, 1));
      assertEquals(16, file.blocks());
      assertEquals(new OutOfRange(), copy(userfaultfd, address + 4 * PAGE, 1));
      assertEquals(new Retry(PAGE), copy(userfaultfd, address + 3 * PAGE, 2));
      assertEquals(
          new OutOfRange(),
          userfaultfd.copy(address + 4 * PAGE, address, PAGE, PLAIN),
          "the source is readable, so it is the destination");
    }
  }

  @Test
  void copyIntoAPrivateMappingCoversThePageOfTheFile() {
    try (MemoryFile file = file(PAGE)) {
      file.write(0, bytes(1, 3));
      long address = space.map(privately(file, 0, PAGE));
      LinuxUserfaultfd userfaultfd = missing(address, PAGE);
      assertEquals(new Filled(PAGE), copy(userfaultfd, address, 1));
      assertEquals(7, byteAt(address));
    }
  }

  @Test
  void copyIgnoresTheProtectionOfAFile() {
    try (MemoryFile file = file(PAGE)) {
      long address = space.map(MapRequest.shared(file, 0, PAGE).protect(Set.of()));
      LinuxUserfaultfd userfaultfd = missing(address, PAGE);
      assertEquals(new Filled(PAGE), copy(userfaultfd, address, 1));
      space.protect(range(address, PAGE), Set.of(Protection.READ));
      assertEquals(7, byteAt(address));
    }
  }

  @Test
  void copyOntoAHugePageIsPresent() {
    long address = space.mapHuge(anonymous(HUGE));
    put(address, 1);
    LinuxUserfaultfd userfaultfd = missing(address, HUGE);
    assertEquals(new AlreadyPresent(), copy(userfaultfd, address + 5 * PAGE, 1));
  }

  @Test
  void copyCanProtectAndReplacesMarkers() {
    long address = space.map(anonymous(4 * PAGE));
    LinuxUserfaultfd userfaultfd =
        userfaultfd(UffdFeature.PAGEFAULT_FLAG_WP, UffdFeature.WP_UNPOPULATED, UffdFeature.POISON);
    userfaultfd.register(
        range(address, 4 * PAGE), EnumSet.of(UffdMode.MISSING, UffdMode.WRITE_PROTECT));
    assertEquals(
        new Filled(PAGE),
        userfaultfd.copy(address, bytes(4096, 7), Set.of(FillFlag.WRITE_PROTECT)));
    assertTrue(space.pagemap(range(address, PAGE)).isWriteProtected(0));
    userfaultfd.writeProtect(range(address + PAGE, PAGE), true, false);
    assertEquals(new Filled(PAGE), copy(userfaultfd, address + PAGE, 1));
    userfaultfd.poison(range(address + 2 * PAGE, PAGE), PLAIN);
    assertEquals(new Filled(PAGE), copy(userfaultfd, address + 2 * PAGE, 1));
    assertEquals(7, byteAt(address + 2 * PAGE));
  }

  // ZEROPAGE

  @Test
  void zeroFillsWhatIsStrictlyMissing() {
    long address = space.map(anonymous(4 * PAGE));
    LinuxUserfaultfd userfaultfd =
        userfaultfd(UffdFeature.WP_UNPOPULATED, UffdFeature.PAGEFAULT_FLAG_WP);
    userfaultfd.register(
        range(address, 4 * PAGE), EnumSet.of(UffdMode.MISSING, UffdMode.WRITE_PROTECT));
    assertEquals(new Filled(PAGE), userfaultfd.zero(range(address, PAGE), PLAIN));
    assertEquals(new AlreadyPresent(), userfaultfd.zero(range(address, PAGE), PLAIN));
    userfaultfd.writeProtect(range(address + PAGE, PAGE), true, false);
    assertEquals(new AlreadyPresent(), userfaultfd.zero(range(address + PAGE, PAGE), PLAIN));
    assertEquals(
        new Filled(PAGE),
        userfaultfd.zero(range(address + 2 * PAGE, PAGE), Set.of(FillFlag.DONT_WAKE)));
    refused(
        Errno.EINVAL,
        () -> userfaultfd.zero(range(address + 3 * PAGE, PAGE), Set.of(FillFlag.WRITE_PROTECT)));
    refused(Errno.EINVAL, () -> userfaultfd.zero(range(address, 0), PLAIN));
    assertEquals(new NotRegistered(), userfaultfd.zero(range(address + 3 * PAGE, 2 * PAGE), PLAIN));
  }

  @Test
  void zeroOnAFile() {
    try (MemoryFile file = file(2 * PAGE)) {
      file.write(0, bytes(1, 3));
      long address = space.map(MapRequest.shared(file, 0, 4 * PAGE));
      LinuxUserfaultfd userfaultfd = missing(address, 4 * PAGE);
      assertEquals(new AlreadyPresent(), userfaultfd.zero(range(address, PAGE), PLAIN));
      assertEquals(new Filled(PAGE), userfaultfd.zero(range(address + PAGE, PAGE), PLAIN));
      assertEquals(new OutOfRange(), userfaultfd.zero(range(address + 2 * PAGE, PAGE), PLAIN));
      assertEquals(16, file.blocks());
    }
  }

  // CONTINUE

  @Test
  void continueMapsWhatTheFileHas() {
    try (MemoryFile file = file(4 * PAGE)) {
      file.write(0, bytes(1, 3));
      file.write(PAGE, bytes(1, 4));
      long address = space.map(MapRequest.shared(file, 0, 8 * PAGE));
      LinuxUserfaultfd userfaultfd = userfaultfd(UffdFeature.MINOR_SHMEM);
      userfaultfd.register(range(address, 8 * PAGE), EnumSet.of(UffdMode.MINOR));
      assertEquals(new Filled(PAGE), userfaultfd.resume(range(address, PAGE), PLAIN));
      assertEquals(3, byteAt(address));
      assertEquals(new AlreadyPresent(), userfaultfd.resume(range(address, PAGE), PLAIN));
      refused(Errno.EFAULT, () -> userfaultfd.resume(range(address + 2 * PAGE, PAGE), PLAIN));
      refused(Errno.EINVAL, () -> userfaultfd.resume(range(address + 4 * PAGE, PAGE), PLAIN));
      assertEquals(new Retry(PAGE), userfaultfd.resume(range(address + PAGE, 2 * PAGE), PLAIN));
      refused(
          Errno.EINVAL,
          () -> userfaultfd.resume(range(address, PAGE), Set.of(FillFlag.WRITE_PROTECT)));
    }
  }

  @Test
  void continueWorksForMissingAndPrivateMappingsButNotForAnonymousOnes() {
    try (MemoryFile file = file(PAGE)) {
      file.write(0, bytes(1, 3));
      long address = space.map(privately(file, 0, PAGE));
      LinuxUserfaultfd userfaultfd = missing(address, PAGE);
      assertEquals(new Filled(PAGE), userfaultfd.resume(range(address, PAGE), PLAIN));
      assertEquals(3, byteAt(address));
    }
    long anonymous = space.map(anonymous(PAGE));
    LinuxUserfaultfd userfaultfd = missing(anonymous, PAGE);
    refused(Errno.EINVAL, () -> userfaultfd.resume(range(anonymous, PAGE), PLAIN));
  }

  // POISON

  @Test
  void poisonMakesAccessesFail() {
    long address = space.map(anonymous(4 * PAGE));
    LinuxUserfaultfd userfaultfd = userfaultfd(UffdFeature.POISON);
    userfaultfd.register(range(address, 4 * PAGE), EnumSet.of(UffdMode.MISSING));
    assertEquals(new Filled(PAGE), userfaultfd.poison(range(address, PAGE), PLAIN));
    assertEquals(new AlreadyPresent(), userfaultfd.poison(range(address, PAGE), PLAIN));
    refused(Errno.EFAULT, () -> byteAt(address));
    assertFalse(space.isReadable(address));
    space.advise(range(address, PAGE), Advice.DONTNEED);
    copy(userfaultfd, address, 1);
    assertEquals(7, byteAt(address));
    refused(
        Errno.EINVAL,
        () -> userfaultfd.poison(range(address, PAGE), Set.of(FillFlag.WRITE_PROTECT)));
    try (MemoryFile file = file(PAGE)) {
      long shared = space.map(MapRequest.shared(file, 0, 2 * PAGE));
      userfaultfd.register(range(shared, 2 * PAGE), EnumSet.of(UffdMode.MISSING));
      assertEquals(new OutOfRange(), userfaultfd.poison(range(shared + PAGE, PAGE), PLAIN));
    }
  }

  // WRITEPROTECT

  @Test
  void writeProtectNeedsARegistrationForIt() {
    long address = space.map(anonymous(4 * PAGE));
    put(address, 1);
    LinuxUserfaultfd userfaultfd = userfaultfd(UffdFeature.PAGEFAULT_FLAG_WP);
    assertEquals(new NotRegistered(), userfaultfd.writeProtect(range(address, PAGE), true, false));
    userfaultfd.register(range(address, 2 * PAGE), EnumSet.of(UffdMode.WRITE_PROTECT));
    assertEquals(
        new Filled(2 * PAGE), userfaultfd.writeProtect(range(address, 2 * PAGE), true, false));
    Pagemap pages = space.pagemap(range(address, 2 * PAGE));
    assertTrue(pages.isWriteProtected(0));
    assertFalse(pages.isWriteProtected(1), "anonymous, missing, without WP_UNPOPULATED");
    assertEquals(
        new NotRegistered(), userfaultfd.writeProtect(range(address, 4 * PAGE), false, false));
    assertFalse(
        space.pagemap(range(address, PAGE)).isWriteProtected(0), "changed before the refusal");
    refused(Errno.EINVAL, () -> userfaultfd.writeProtect(range(address, PAGE), true, true));
    refused(Errno.EINVAL, () -> userfaultfd.writeProtect(range(address, 1), true, false));
  }

  // MOVE

  @Test
  void moveTakesPagesAlong() {
    RunningKernel.require(
        memory.features().userfaultfdFeatures().contains(UffdFeature.MOVE), () -> "no UFFDIO_MOVE");
    long address = space.map(anonymous(4 * PAGE));
    long source = space.map(anonymous(4 * PAGE));
    put(source, 9);
    LinuxUserfaultfd userfaultfd = userfaultfd(UffdFeature.MOVE);
    refused(Errno.EINVAL, () -> userfaultfd.move(address, source, PAGE, false, false));
    userfaultfd.register(range(address, 4 * PAGE), EnumSet.of(UffdMode.MISSING));
    assertEquals(new Filled(PAGE), userfaultfd.move(address, source, PAGE, false, false));
    assertEquals(9, byteAt(address));
    assertFalse(space.residency(range(source, PAGE)).get(0));
    assertEquals(
        new NotRegistered(),
        userfaultfd.move(address + PAGE, source + PAGE, PAGE, false, false),
        "a hole of the source is ENOENT");
    assertEquals(
        new Filled(PAGE), userfaultfd.move(address + PAGE, source + PAGE, PAGE, true, false));
    put(source, 8);
    assertEquals(new AlreadyPresent(), userfaultfd.move(address, source, PAGE, false, false));
    try (Arena arena = Arena.ofConfined()) {
      long foreign = arena.allocate(PAGE, PAGE).address();
      refused(Errno.EINVAL, () -> userfaultfd.move(address + PAGE, foreign, PAGE, false, false));
    }
    try (MemoryFile file = file(PAGE)) {
      file.write(0, bytes(1, 1));
      long shared = space.map(MapRequest.shared(file, 0, PAGE));
      refused(Errno.EINVAL, () -> userfaultfd.move(address + 2 * PAGE, shared, PAGE, false, false));
    }
  }
}
