/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.AddressRange;
import org.mm4j.Advice;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.Protection;
import org.mm4j.RemapFlag;
import org.mm4j.examples.emulator.abi.SyscallException;

/** A guest's mappings: placed, resized, moved, dropped; and everything is given back. */
final class GuestMemoryTest {
  private static final long PAGE = 4096;
  private static final long AREA = 0x10_0000_0000L;
  private static final Set<Protection> READ_WRITE = Set.of(Protection.READ, Protection.WRITE);
  private static final Set<RemapFlag> MAY_MOVE = Set.of(RemapFlag.MAY_MOVE);
  private static final Set<RemapFlag> FIXED = Set.of(RemapFlag.MAY_MOVE, RemapFlag.FIXED);

  private final MemorySystem system = MemorySystem.simulated().physicalBytes(64L << 20).build();
  private final long framesBefore = system.statistics().freeFrames();
  private final GuestMemory memory = new GuestMemory(system, false);

  @AfterEach
  void everythingIsGivenBack() {
    memory.close();
    assertEquals(framesBefore, system.statistics().freeFrames());
    system.close();
  }

  private long map(long address, long pages) {
    return memory.mapPrivateAnonymous(address, pages * PAGE, READ_WRITE, Placement.FIXED, false);
  }

  private void fill(long address, long pages, int first) {
    for (long page = 0; page < pages; page++) {
      memory.user().writeInt(address + page * PAGE, (int) (first + page));
    }
  }

  private void assertPages(long address, int... expected) {
    int[] found = new int[expected.length];
    for (int page = 0; page < expected.length; page++) {
      found[page] = memory.user().readInt(address + page * PAGE);
    }
    assertArrayEquals(expected, found);
  }

  private void assertUnmapped(long address) {
    assertThrows(MemoryException.class, () -> memory.user().readInt(address));
  }

  private static void assertErrno(String errno, LongSupplier call) {
    RuntimeException refused = assertThrows(RuntimeException.class, call::getAsLong);
    String found =
        refused instanceof SyscallException syscall
            ? syscall.errno().name()
            : assertInstance(refused).errno().name();
    assertEquals(errno, found);
  }

  private static MemoryException assertInstance(RuntimeException refused) {
    assertTrue(refused instanceof MemoryException, refused::toString);
    return (MemoryException) refused;
  }

  private static AddressRange pages(long address, long pages) {
    return new AddressRange(address, pages * PAGE);
  }

  @Test
  void privateMemoryShrinksInPlaceAndGivesThePagesBack() {
    map(AREA, 4);
    fill(AREA, 4, 10);
    long free = system.statistics().freeFrames();
    assertEquals(AREA, memory.remap(pages(AREA, 4), 2 * PAGE, Set.of(), 0));
    assertPages(AREA, 10, 11);
    assertUnmapped(AREA + 2 * PAGE);
    assertTrue(system.statistics().freeFrames() >= free + 2);
  }

  @Test
  void privateMemoryGrowsInPlaceWithZeros() {
    map(AREA, 2);
    fill(AREA, 2, 10);
    assertEquals(AREA, memory.remap(pages(AREA, 2), 4 * PAGE, Set.of(), 0));
    assertPages(AREA, 10, 11, 0, 0);
  }

  @Test
  void privateMemoryWithANeighbourIsMovedIfItMay() {
    map(AREA, 2);
    map(AREA + 2 * PAGE, 1);
    fill(AREA, 3, 10);
    assertErrno("ENOMEM", () -> memory.remap(pages(AREA, 2), 3 * PAGE, Set.of(), 0));
    assertPages(AREA, 10, 11, 12);
    long moved = memory.remap(pages(AREA, 2), 3 * PAGE, MAY_MOVE, 0);
    assertPages(moved, 10, 11, 0);
    assertUnmapped(AREA);
    assertPages(AREA + 2 * PAGE, 12);
  }

  @Test
  void privateMemoryMovedToAPlaceReplacesWhatIsThere() {
    map(AREA, 2);
    map(AREA + 16 * PAGE, 2);
    fill(AREA, 2, 10);
    fill(AREA + 16 * PAGE, 2, 90);
    long target = AREA + 16 * PAGE;
    assertEquals(target, memory.remap(pages(AREA, 2), 2 * PAGE, FIXED, target));
    assertPages(target, 10, 11);
    assertUnmapped(AREA);
  }

  @Test
  void whatIsMappedAgainReadsZeros() {
    map(AREA, 2);
    fill(AREA, 2, 10);
    memory.unmap(pages(AREA, 2));
    map(AREA, 2);
    assertPages(AREA, 0, 0);
  }

  @Test
  void aFileKeepsItsContentWhenItIsMoved() {
    try (MemoryFile file = memory.createFile("file", Set.of())) {
      file.truncate(4 * PAGE);
      memory.mapFile(file, 0, AREA, 2 * PAGE, READ_WRITE, Placement.FIXED, false);
      map(AREA + 2 * PAGE, 1);
      fill(AREA, 2, 10);
      long moved = memory.remap(pages(AREA, 2), 4 * PAGE, MAY_MOVE, 0);
      assertPages(moved, 10, 11, 0, 0);
      assertUnmapped(AREA);
      assertEquals(moved, memory.remap(pages(moved, 4), PAGE, Set.of(), 0));
      assertPages(moved, 10);
      assertUnmapped(moved + PAGE);
      assertEquals(
          memory.futexKey(moved, false), new FutexKey(file, 0), "the books followed the move");
      memory.unmap(pages(moved, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, -PAGE, Long.MIN_VALUE})
  void anAddressThatCannotBeRemappedIsEinval(long address) {
    assertErrno("EINVAL", () -> memory.remap(new AddressRange(address, PAGE), PAGE, MAY_MOVE, 0));
  }

  @Test
  void memoryThatIsNotMappedIsEfault() {
    assertErrno("EFAULT", () -> memory.remap(pages(AREA, 1), 2 * PAGE, MAY_MOVE, 0));
    map(AREA, 1);
    assertErrno("EFAULT", () -> memory.remap(pages(AREA, 2), 4 * PAGE, MAY_MOVE, 0));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, -PAGE})
  void aLengthThatCannotBeIsRefused(long length) {
    map(AREA, 1);
    fill(AREA, 1, 10);
    RuntimeException refused =
        assertThrows(
            RuntimeException.class, () -> memory.remap(pages(AREA, 1), length, MAY_MOVE, 0));
    assertTrue(
        refused instanceof SyscallException || refused instanceof MemoryException,
        refused::toString);
    assertPages(AREA, 10);
  }

  @Test
  void dontneedDropsPrivateContent() {
    map(AREA, 3);
    fill(AREA, 3, 10);
    memory.advise(pages(AREA + PAGE, 1), Advice.DONTNEED);
    assertPages(AREA, 10, 0, 12);
  }

  @Test
  void removeOfPrivateMemoryIsEinval() {
    map(AREA, 1);
    assertErrno(
        "EINVAL",
        () -> {
          memory.advise(pages(AREA, 1), Advice.REMOVE);
          return 0;
        });
  }

  @Test
  void aFixedMappingThatMustNotReplaceIsEexist() {
    map(AREA, 1);
    fill(AREA, 1, 10);
    assertErrno(
        "EEXIST",
        () -> memory.mapPrivateAnonymous(AREA, PAGE, READ_WRITE, Placement.FIXED_NOREPLACE, false));
    assertPages(AREA, 10);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, -PAGE, Long.MAX_VALUE, 1L << 62})
  void hugeLengthsAreEnomem(long length) {
    assertErrno(
        "ENOMEM", () -> memory.mapPrivateAnonymous(0, length, READ_WRITE, Placement.HINT, false));
    assertErrno(
        "ENOMEM", () -> memory.mapSharedAnonymous(0, length, READ_WRITE, Placement.HINT, false));
  }

  @Test
  void theHeapGrowsAndShrinks() {
    memory.startBreakAt(0x2_0001);
    assertEquals(0x2_1000, memory.moveBreak(0));
    assertEquals(0x2_3000, memory.moveBreak(0x2_3000));
    fill(0x2_1000, 2, 10);
    assertEquals(0x2_1800, memory.moveBreak(0x2_1800));
    assertPages(0x2_1000, 10);
    assertUnmapped(0x2_2000);
    assertEquals(0x2_1800, memory.moveBreak(-1));
  }
}
