/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.core.mm.World.HUGE;
import static org.mm4j.core.mm.World.PAGE;
import static org.mm4j.core.mm.World.range;
import static org.mm4j.core.mm.World.refuses;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.GuestCpu;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.MappingView;
import org.mm4j.Protection;
import org.mm4j.RemapFlag;
import org.mm4j.UffdMode;
import org.mm4j.UserAddresses;
import org.mm4j.spi.MemoryDescriptor.EntryState;
import org.mm4j.spi.VmaFlag;

class SystemCallTest {
  private static final long FIXED = 1L << 32;
  private static final long TOP = 1L << 47;

  private final World world = new World();
  private final ProcessMemory space = world.space;

  @AfterEach
  void close() {
    world.assertBooks();
    world.close();
  }

  private long mapAt(long address, long firstPage, long pages) {
    return space.map(world.request(address, firstPage, pages, MapFlag.FIXED));
  }

  private List<AddressRange> ranges() {
    return space.mappings().stream().map(MappingView::range).toList();
  }

  private void put(long address, int value) {
    space.write(address, MemorySegment.ofArray(new byte[] {(byte) value}));
  }

  private int get(long address) {
    byte[] one = new byte[1];
    space.read(address, MemorySegment.ofArray(one));
    return one[0];
  }

  // ---------------------------------------------------------------- mmap

  @Test
  void mapRefusesWhatLinuxRefuses() {
    MapRequest good = world.request(0, 4);
    refuses(Errno.EINVAL, () -> space.map(MapRequest.shared(world.file, 0, 0)));
    refuses(Errno.EINVAL, () -> space.map(MapRequest.shared(world.file, 5, PAGE)));
    refuses(Errno.EOVERFLOW, () -> space.map(MapRequest.shared(world.file, -PAGE, PAGE)));
    refuses(
        Errno.EOVERFLOW,
        () -> space.map(MapRequest.shared(world.file, (1L << 63) - 2 * PAGE, 3 * PAGE)));
    refuses(Errno.ENOMEM, () -> space.map(MapRequest.shared(world.file, 0, -1)));
    refuses(Errno.ENOMEM, () -> space.map(MapRequest.shared(world.file, 0, TOP)));
    refuses(Errno.EINVAL, () -> space.map(with(good, Set.of())));
    refuses(Errno.EINVAL, () -> space.map(with(good, Set.of(MapFlag.SHARED, MapFlag.PRIVATE))));
    refuses(Errno.ENODEV, () -> space.map(with(good, Set.of(MapFlag.PRIVATE))));
    refuses(Errno.ENODEV, () -> space.map(with(good, Set.of(MapFlag.SHARED, MapFlag.ANONYMOUS))));
    refuses(
        Errno.EBADF,
        () -> space.map(new MapRequest(0, PAGE, Set.of(), Set.of(MapFlag.SHARED), null, 0)));
    refuses(Errno.EINVAL, () -> mapAt(FIXED + 1, 0, 1));
    refuses(Errno.ENOMEM, () -> mapAt(TOP, 0, 1));
    refuses(Errno.ENOMEM, () -> mapAt(-PAGE, 0, 1));
    refuses(Errno.EPERM, () -> mapAt(PAGE, 0, 1));
    mapAt(FIXED, 0, 2);
    refuses(
        Errno.EEXIST, () -> space.map(world.request(FIXED + PAGE, 0, 2, MapFlag.FIXED_NOREPLACE)));
    world.file.mayFlags = VmaFlag.MAY_READ.bit();
    refuses(Errno.EACCES, () -> space.map(good));
    assertEquals(List.of(range(FIXED, 2)), ranges(), "nothing changed");
  }

  private static MapRequest with(MapRequest request, Set<MapFlag> flags) {
    return new MapRequest(
        request.hint(),
        request.lengthBytes(),
        request.protection(),
        flags,
        request.file(),
        request.offsetBytes());
  }

  @Test
  void mappingsArePlacedTopDownAndHugeOnesAligned() {
    long first = space.map(world.request(0, 2));
    assertEquals(Placement.MAP_TOP - 2 * PAGE, first);
    long second = space.map(world.request(10, 2));
    assertEquals(first - 2 * PAGE, second);
    long huge = space.map(world.request(8, 8));
    assertEquals(0, huge % HUGE);
    assertEquals(3 * PAGE, space.map(world.request(3, 20)) % HUGE, "as the offset lies");
    assertEquals(FIXED, space.map(world.request(FIXED + 5, 0, 1)), "a free hint is taken");
    assertNotEquals(FIXED, space.map(world.request(FIXED, 5, 1)), "a taken one is not");
    assertEquals(UserAddresses.LOWEST, space.map(world.request(1, 30, 1)));
  }

  @Test
  void fixedReplacesWhatIsThere() {
    mapAt(FIXED, 0, 4);
    put(FIXED + PAGE, 7);
    mapAt(FIXED + PAGE, 20, 1);
    assertEquals(0, get(FIXED + PAGE));
    assertEquals(3, ranges().size());
    mapAt(FIXED + PAGE, 1, 1);
    assertEquals(7, get(FIXED + PAGE));
    assertEquals(List.of(range(FIXED, 4)), ranges(), "merged again");
  }

  @Test
  void populateFaultsEverythingIn() {
    space.map(world.request(FIXED, 0, 4, MapFlag.FIXED, MapFlag.POPULATE));
    assertEquals(4 * PAGE, space.mappings().getFirst().residentBytes());
    assertEquals(FIXED + HUGE, space.map(world.request(FIXED + HUGE, 62, 4, MapFlag.POPULATE)));
  }

  // ---------------------------------------------------------------- munmap

  @Test
  void unmapRefusesBadRangesAndIgnoresGaps() {
    refuses(Errno.EINVAL, () -> space.unmap(range(FIXED + 1, 1)));
    refuses(Errno.EINVAL, () -> space.unmap(range(FIXED, 0)));
    refuses(Errno.EINVAL, () -> space.unmap(range(TOP, 1)));
    refuses(Errno.EINVAL, () -> space.unmap(new AddressRange(FIXED, -1)));
    refuses(Errno.EINVAL, () -> space.unmap(new AddressRange(FIXED, TOP)));
    space.unmap(range(FIXED, 3));
    mapAt(FIXED, 0, 2);
    mapAt(FIXED + 4 * PAGE, 4, 2);
    put(FIXED, 1);
    space.unmap(new AddressRange(FIXED + PAGE, 3 * PAGE + 1));
    assertEquals(List.of(range(FIXED, 1), range(FIXED + 5 * PAGE, 1)), ranges());
    assertEquals(1, get(FIXED));
    space.unmap(new AddressRange(0, TOP));
    assertEquals(List.of(), ranges());
    assertEquals(0, space.tables().tableCount());
  }

  // ---------------------------------------------------------------- mprotect

  @Test
  void protectChangesWhatLiesBeforeAGap() {
    mapAt(FIXED, 0, 4);
    put(FIXED, 3);
    refuses(Errno.EINVAL, () -> space.protect(range(FIXED + 1, 1), Set.of()));
    refuses(
        Errno.ENOMEM, () -> space.protect(new AddressRange(FIXED, -1), Set.of(Protection.READ)));
    refuses(Errno.ENOMEM, () -> space.protect(range(FIXED - PAGE, 2), Set.of()));
    space.protect(range(FIXED, 0), Set.of());
    refuses(Errno.ENOMEM, () -> space.protect(range(FIXED, 5), Set.of(Protection.READ)));
    assertEquals(EntryState.READ_ONLY, space.entry(FIXED));
    refuses(Errno.EFAULT, () -> put(FIXED, 4));
    assertEquals(3, get(FIXED));
    space.protect(range(FIXED + PAGE, 1), Set.of(Protection.READ, Protection.WRITE));
    assertEquals(3, ranges().size());
    put(FIXED + PAGE, 4);
    space.protect(range(FIXED, 4), Set.of());
    assertEquals(List.of(range(FIXED, 4)), ranges());
    refuses(Errno.EFAULT, () -> get(FIXED));
    space.protect(range(FIXED, 4), EnumSet.allOf(Protection.class));
    assertEquals(4, get(FIXED + PAGE));
  }

  @Test
  void protectRefusesWhatTheFileDoesNotPermit() {
    world.file.mayFlags = VmaFlag.MAY_READ.bit();
    space.map(world.request(FIXED, 0, 1, MapFlag.FIXED).protect(Set.of(Protection.READ)));
    refuses(Errno.EACCES, () -> space.protect(range(FIXED, 1), Set.of(Protection.WRITE)));
  }

  @Test
  void aProcessorSeesProtectionShrink() {
    mapAt(FIXED, 0, 8);
    world.file.addHuge(0);
    try (GuestCpu cpu = space.newCpu()) {
      cpu.enter();
      cpu.storeByte(FIXED, (byte) 1);
      assertEquals(EntryState.HUGE, space.entry(FIXED));
      assertThrows(
          IllegalStateException.class, () -> space.protect(range(FIXED, 1), Set.of()), "INSIDE");
      cpu.outside(() -> space.protect(range(FIXED, 8), Set.of(Protection.READ)));
      assertEquals(1, cpu.loadByte(FIXED));
      assertThrows(RuntimeException.class, () -> cpu.storeByte(FIXED, (byte) 2));
      space.protect(range(FIXED, 1), Set.of(Protection.READ, Protection.WRITE));
      cpu.storeByte(FIXED, (byte) 2);
    }
    assertEquals(EntryState.WRITABLE, space.entry(FIXED), "the huge entry was cut");
  }

  @Test
  void noHugeEntryCrossesABorder() {
    mapAt(FIXED, 0, 24);
    for (int page = 0; page < 24; page += 8) {
      world.file.addHuge(page);
      get(FIXED + page * PAGE);
    }
    space.advise(range(FIXED + 3 * PAGE, 13), Advice.HUGEPAGE);
    assertEquals(EntryState.NONE, space.entry(FIXED), "the border cut it");
    assertEquals(EntryState.HUGE, space.entry(FIXED + 8 * PAGE), "it ends at the border");
    assertEquals(EntryState.HUGE, space.entry(FIXED + 16 * PAGE), "it begins at the border");
    space.advise(range(FIXED + 9 * PAGE, 2), Advice.HUGEPAGE);
    assertEquals(EntryState.HUGE, space.entry(FIXED + 8 * PAGE), "nothing changed, no border");
    space.protect(range(FIXED + 8 * PAGE, 15), Set.of(Protection.READ));
    assertEquals(EntryState.HUGE, space.entry(FIXED + 8 * PAGE), "narrowed, not cut");
    assertEquals(EntryState.NONE, space.entry(FIXED + 16 * PAGE));
    assertEquals(3, get(FIXED + 2 * PAGE));
    assertEquals(18, get(FIXED + 17 * PAGE));
    assertEquals(EntryState.READ_ONLY, space.entry(FIXED + 17 * PAGE));
  }

  // ---------------------------------------------------------------- madvise, mincore

  @Test
  void adviseRefusesWhatLinuxRefuses() {
    mapAt(FIXED, 0, 2);
    mapAt(FIXED + 3 * PAGE, 3, 1);
    refuses(Errno.EINVAL, () -> space.advise(range(FIXED + 1, 1), Advice.NORMAL));
    refuses(Errno.EINVAL, () -> space.advise(new AddressRange(FIXED, -1), Advice.NORMAL));
    space.advise(range(1L << 50, 0), Advice.NORMAL);
    for (Advice advice : Advice.values()) {
      if (advice != Advice.COLLAPSE) {
        put(FIXED + 3 * PAGE, 1);
        refuses(Errno.ENOMEM, () -> space.advise(range(FIXED, 4), advice));
        refuses(Errno.ENOMEM, () -> space.advise(range(FIXED - PAGE, 1), advice));
        space.advise(range(FIXED, 2), advice);
      }
    }
    refuses(Errno.ENOSYS, () -> space.advise(range(FIXED, 1), Advice.COLLAPSE));
    assertEquals(2, ranges().size());
  }

  @Test
  void removePunchesBehindTheGapToo() {
    mapAt(FIXED, 0, 2);
    mapAt(FIXED + 3 * PAGE, 3, 1);
    put(FIXED, 1);
    put(FIXED + 3 * PAGE, 1);
    refuses(Errno.ENOMEM, () -> space.advise(range(FIXED, 4), Advice.REMOVE));
    assertEquals(0, world.file.pageCache().presentPages());
    assertEquals(0, get(FIXED + 3 * PAGE));
    world.file.mayFlags = VmaFlag.MAY_READ.bit();
    space.map(world.request(FIXED + HUGE, 0, 1, MapFlag.FIXED).protect(Set.of(Protection.READ)));
    refuses(Errno.EACCES, () -> space.advise(range(FIXED + HUGE, 1), Advice.REMOVE));
  }

  @Test
  void dontNeedKeepsThePagesOfTheFile() {
    mapAt(FIXED, 0, 2);
    put(FIXED, 9);
    space.advise(range(FIXED, 2), Advice.DONTNEED);
    assertEquals(EntryState.NONE, space.entry(FIXED));
    assertEquals(9, get(FIXED));
  }

  @Test
  void residencyAsksTheTablesThenTheCache() {
    mapAt(FIXED, 0, 16);
    put(FIXED, 1);
    put(FIXED + PAGE, 1);
    space.advise(range(FIXED, 1), Advice.DONTNEED);
    world.file.addHuge(8);
    BitSet expected = new BitSet();
    expected.set(0, 2);
    expected.set(8, 16);
    assertEquals(expected, space.residency(range(FIXED, 16)));
    put(FIXED + 9 * PAGE, 1);
    assertEquals(expected, space.residency(new AddressRange(FIXED, 16 * PAGE - 1)));
    assertEquals(new BitSet(), space.residency(range(FIXED, 0)));
    refuses(Errno.EINVAL, () -> space.residency(range(FIXED + 1, 1)));
    refuses(Errno.ENOMEM, () -> space.residency(range(FIXED, 17)));
    refuses(Errno.ENOMEM, () -> space.residency(new AddressRange(FIXED, -1)));
    refuses(Errno.ENOMEM, () -> space.residency(range(TOP, 1)));
  }

  // ---------------------------------------------------------------- mremap

  @Test
  void remapRefusesWhatLinuxRefuses() {
    mapAt(FIXED, 0, 4);
    mapAt(FIXED + 4 * PAGE, 20, 1);
    Set<RemapFlag> none = Set.of();
    Set<RemapFlag> fixed = Set.of(RemapFlag.MAY_MOVE, RemapFlag.FIXED);
    AddressRange all = range(FIXED, 4);
    refuses(Errno.EINVAL, () -> space.remap(range(FIXED + 1, 1), PAGE, none, 0));
    refuses(Errno.EINVAL, () -> space.remap(all, 0, none, 0));
    refuses(Errno.EINVAL, () -> space.remap(all, PAGE, Set.of(RemapFlag.FIXED), FIXED + HUGE));
    refuses(Errno.EINVAL, () -> space.remap(all, 4 * PAGE, Set.of(RemapFlag.DONT_UNMAP), 0));
    refuses(
        Errno.EINVAL,
        () -> space.remap(all, PAGE, Set.of(RemapFlag.MAY_MOVE, RemapFlag.DONT_UNMAP), 0));
    refuses(Errno.EINVAL, () -> space.remap(all, PAGE, fixed, FIXED + HUGE + 1));
    refuses(Errno.EINVAL, () -> space.remap(all, PAGE, fixed, FIXED + 3 * PAGE));
    refuses(Errno.EINVAL, () -> space.remap(all, PAGE, fixed, TOP));
    refuses(Errno.EFAULT, () -> space.remap(range(FIXED - PAGE, 1), PAGE, none, 0));
    refuses(Errno.EFAULT, () -> space.remap(range(FIXED, 5), 6 * PAGE, none, 0));
    assertEquals(FIXED, space.remap(range(FIXED, 5), 5 * PAGE, none, 0), "nothing changes");
    refuses(Errno.EFAULT, () -> space.remap(range(FIXED, 6), 5 * PAGE, fixed, FIXED + HUGE));
    refuses(Errno.EINVAL, () -> space.remap(new AddressRange(FIXED, TOP), PAGE, none, 0));
    refuses(Errno.ENOMEM, () -> space.remap(all, 5 * PAGE, none, 0));
    refuses(Errno.EINVAL, () -> space.remap(all, TOP, Set.of(RemapFlag.MAY_MOVE), 0));
    refuses(Errno.ENOMEM, () -> space.remap(all, TOP - PAGE, Set.of(RemapFlag.MAY_MOVE), 0));
    refuses(Errno.EINVAL, () -> space.remap(all, -PAGE, Set.of(RemapFlag.MAY_MOVE), 0));
    assertEquals(List.of(range(FIXED, 4), range(FIXED + 4 * PAGE, 1)), ranges());
  }

  @Test
  void remapShrinksGrowsAndMoves() {
    mapAt(FIXED, 0, 4);
    for (int i = 0; i < 4; i++) {
      put(FIXED + i * PAGE, i + 1);
    }
    assertEquals(FIXED, space.remap(range(FIXED, 4), 2 * PAGE, Set.of(), 0));
    assertEquals(List.of(range(FIXED, 2)), ranges());
    assertEquals(FIXED, space.remap(range(FIXED, 2), 6 * PAGE, Set.of(), 0));
    assertEquals(List.of(range(FIXED, 6)), ranges());
    assertEquals(4, get(FIXED + 3 * PAGE));
    mapAt(FIXED + 6 * PAGE, 40, 1);
    long moved = space.remap(range(FIXED, 6), 7 * PAGE, Set.of(RemapFlag.MAY_MOVE), 0);
    assertEquals(3, get(moved + 2 * PAGE));
    assertEquals(2, ranges().size());
    long target = FIXED + 64 * PAGE;
    Set<RemapFlag> fixed = Set.of(RemapFlag.MAY_MOVE, RemapFlag.FIXED);
    assertEquals(target, space.remap(range(moved + PAGE, 3), 2 * PAGE, fixed, target));
    assertEquals(2, get(target));
    assertEquals(
        List.of(
            range(FIXED + 6 * PAGE, 1),
            range(target, 2),
            range(moved, 1),
            range(moved + 4 * PAGE, 3)),
        ranges());
  }

  @Test
  void shrinkingCutsOffWhateverLiesBehind() {
    mapAt(FIXED, 0, 2);
    mapAt(FIXED + 2 * PAGE, 20, 1);
    mapAt(FIXED + 4 * PAGE, 30, 2);
    assertEquals(FIXED, space.remap(range(FIXED, 5), PAGE, Set.of(), 0));
    assertEquals(List.of(range(FIXED, 1), range(FIXED + 5 * PAGE, 1)), ranges());
  }

  @Test
  void dontUnmapLeavesTheOldRangeMappedAndEmpty() {
    mapAt(FIXED, 0, 2);
    put(FIXED, 5);
    Set<RemapFlag> flags = Set.of(RemapFlag.MAY_MOVE, RemapFlag.DONT_UNMAP);
    long copy = space.remap(range(FIXED, 2), 2 * PAGE, flags, 0);
    assertNotEquals(FIXED, copy);
    assertEquals(EntryState.NONE, space.entry(FIXED));
    assertEquals(5, get(copy));
    assertEquals(5, get(FIXED));
  }

  @Test
  void anOldLengthOfZeroMapsASecondTime() {
    mapAt(FIXED, 3, 2);
    put(FIXED, 5);
    long again = space.remap(range(FIXED, 0), 2 * PAGE, Set.of(RemapFlag.MAY_MOVE), 0);
    assertEquals(5, get(again));
    assertEquals(5, get(FIXED));
  }

  // ---------------------------------------------------------------- fork and the rest

  @Test
  void aForkSharesTheFileAndIsNotWatched() {
    mapAt(FIXED, 0, 8);
    put(FIXED, 1);
    space.mmapLock().lock();
    try {
      space.arm(
          space.findVma(FIXED), range(FIXED, 8), new TestWatcher(), VmaFlag.UFFD_MISSING.bit());
    } finally {
      space.mmapLock().unlock();
    }
    assertEquals(Set.of(UffdMode.MISSING), space.mappings().getFirst().userfaultModes());
    try (AddressSpace child = space.fork()) {
      assertEquals(Set.of(), child.mappings().getFirst().userfaultModes());
      byte[] bytes = new byte[1];
      child.read(FIXED, MemorySegment.ofArray(bytes));
      assertEquals(1, bytes[0]);
      child.write(FIXED + PAGE, MemorySegment.ofArray(new byte[] {2}));
      assertEquals(2, get(FIXED + PAGE));
      world.assertBooks();
      child.unmap(range(FIXED, 8));
    }
    assertTrue(space.findVma(FIXED) != null);
  }

  @Test
  void theAccountLimitIsReported() {
    assertEquals(0, world.kernel.audit().spaces().getFirst().chargedPages());
    mapAt(FIXED, 0, 4);
    put(FIXED, 1);
    assertEquals(1, world.kernel.audit().spaces().getFirst().chargedPages());
  }
}
