/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mm4j.AddressRange;
import org.mm4j.Advice;
import org.mm4j.Capabilities;
import org.mm4j.Errno;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.MappingView;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.Protection;
import org.mm4j.RemapFlag;
import org.mm4j.testkit.RunningKernel;

final class LinuxAddressSpaceTest extends KernelFixture {
  @Test
  void theRunningKernelIsFoundThroughTheApi() {
    try (MemorySystem linux = MemorySystem.linux()) {
      assertInstanceOf(LinuxMemory.class, linux);
      assertEquals(Capabilities.AddressSpaces.SELF_ONLY, linux.capabilities().addressSpaces());
      assertTrue(linux.statistics().totalFrames() > 0);
      assertTrue(linux.statistics().faults() > 0);
    }
  }

  @Test
  void whatIsWrittenIsRead() {
    long address = space.map(anonymous(4 * PAGE));
    byte[] out = new byte[3 * 4096 + 17];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (i * 31);
    }
    space.write(address + 5, MemorySegment.ofArray(out));
    byte[] in = new byte[out.length];
    space.read(address + 5, MemorySegment.ofArray(in));
    assertArrayEquals(out, in);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment native1 = arena.allocate(out.length);
      space.read(address + 5, native1);
      assertArrayEquals(out, native1.toArray(ValueLayout.JAVA_BYTE));
    }
  }

  @Test
  void moreThanABounceBufferIsCopiedWhole() {
    int length = (1 << 20) + 3;
    long address = space.map(anonymous(2 << 20));
    space.write(address + 1, bytes(length, 7));
    byte[] in = new byte[length];
    space.read(address + 1, MemorySegment.ofArray(in));
    assertArrayEquals(bytes(length, 7).toArray(ValueLayout.JAVA_BYTE), in);
    assertEquals(0, byteAt(address + 1 + length));
  }

  @Test
  void anAddressThatIsNotOursCannotBeReached() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment foreign = arena.allocate(4 * PAGE, PAGE);
      long at = foreign.address();
      refused(Errno.EFAULT, () -> space.read(at, bytes(1, 0)));
      refused(Errno.EFAULT, () -> space.write(at, bytes(1, 9)));
      refused(Errno.ENOMEM, () -> space.protect(range(at, PAGE), Set.of()));
      refused(Errno.ENOMEM, () -> space.advise(range(at, PAGE), Advice.DONTNEED));
      refused(Errno.ENOMEM, () -> space.residency(range(at, PAGE)));
      refused(Errno.EFAULT, () -> space.remap(range(at, PAGE), PAGE, Set.of(), 0));
      refused(Errno.ENOMEM, () -> space.view(range(at, PAGE)));
      refused(Errno.EEXIST, () -> space.map(anonymous(PAGE).at(at)));
      space.unmap(range(at, PAGE));
      assertEquals(0, foreign.get(ValueLayout.JAVA_BYTE, 0));
    }
  }

  @Test
  void anAccessEndsWhereTheMappingEnds() {
    long address = space.map(anonymous(2 * PAGE));
    space.unmap(range(address + PAGE, PAGE));
    byte[] in = new byte[20];
    put(address + PAGE - 1, 3);
    refused(Errno.EFAULT, () -> space.read(address + PAGE - 10, MemorySegment.ofArray(in)));
    refused(Errno.EFAULT, () -> space.write(address + PAGE - 10, bytes(20, 5)));
    assertEquals(5, byteAt(address + PAGE - 1));
    refused(Errno.EFAULT, () -> space.read(-1, bytes(1, 0)));
    refused(Errno.EFAULT, () -> space.read(Long.MAX_VALUE, bytes(1, 0)));
  }

  @Test
  void protectionIsObeyedByCopies() {
    long address = space.map(anonymous(2 * PAGE));
    put(address, 1);
    space.protect(range(address, PAGE), Set.of(Protection.READ));
    assertEquals(1, byteAt(address));
    refused(Errno.EFAULT, () -> put(address, 2));
    space.protect(range(address, PAGE), Set.of());
    refused(Errno.EFAULT, () -> byteAt(address));
    assertFalse(space.isReadable(address));
    assertTrue(space.isReadable(address + PAGE));
    refused(Errno.EINVAL, () -> space.protect(range(address + 1, PAGE), Set.of()));
  }

  @Test
  void beyondTheEndOfTheFileIsAnError() {
    try (MemoryFile file = file(PAGE)) {
      long address = space.map(MapRequest.shared(file, 0, 2 * PAGE));
      put(address, 1);
      refused(Errno.EFAULT, () -> byteAt(address + PAGE));
      file.truncate(0);
      refused(Errno.EFAULT, () -> byteAt(address));
    }
  }

  @Test
  void badRequestsAreRefusedAsTheKernelDoes() {
    refused(Errno.EINVAL, () -> space.map(anonymous(0)));
    refused(Errno.ENOMEM, () -> space.map(anonymous(1L << 47)));
    refused(
        Errno.EINVAL,
        () -> space.map(new MapRequest(0, PAGE, READ_WRITE, Set.of(MapFlag.ANONYMOUS), null, 0)));
    refused(Errno.EPERM, () -> space.map(anonymous(PAGE).at(0)));
    refused(Errno.EINVAL, () -> space.map(anonymous(PAGE).at(1)));
    refused(Errno.EINVAL, () -> space.map(anonymous(PAGE).at(-PAGE)));
    refused(Errno.EINVAL, () -> space.unmap(range(PAGE, 0)));
    refused(Errno.EINVAL, () -> space.unmap(range(1, PAGE)));
    refused(Errno.EINVAL, () -> space.unmap(range(-PAGE, 2 * PAGE)));
    refused(Errno.EINVAL, () -> space.advise(range(PAGE, -1), Advice.NORMAL));
    space.advise(range(PAGE, 0), Advice.COLLAPSE);
    try (MemoryFile file = file(PAGE)) {
      refused(Errno.EINVAL, () -> space.map(MapRequest.shared(file, 1, PAGE)));
    }
  }

  @Test
  void aFixedMappingReplacesOurs() {
    long address = space.map(anonymous(4 * PAGE));
    put(address, 1);
    put(address + 2 * PAGE, 1);
    assertEquals(address, space.map(anonymous(2 * PAGE).at(address)));
    assertEquals(0, byteAt(address));
    assertEquals(1, byteAt(address + 2 * PAGE));
    MapRequest noReplace =
        new MapRequest(
            address,
            PAGE,
            READ_WRITE,
            EnumSet.of(MapFlag.PRIVATE, MapFlag.ANONYMOUS, MapFlag.FIXED_NOREPLACE),
            null,
            0);
    refused(Errno.EEXIST, () -> space.map(noReplace));
    space.unmap(range(address, PAGE));
    assertEquals(address, space.map(noReplace));
    space.unmap(range(address + PAGE, PAGE));
    assertEquals(address, space.map(anonymous(4 * PAGE).at(address)));
  }

  @Test
  void residencyFollowsTouchesAndAdvice() {
    long address = space.map(anonymous(4 * PAGE));
    assertEquals(new BitSet(), space.residency(range(address, 4 * PAGE)));
    put(address + PAGE, 1);
    put(address + 3 * PAGE, 1);
    BitSet expected = new BitSet();
    expected.set(1);
    expected.set(3);
    assertEquals(expected, space.residency(range(address, 4 * PAGE)));
    space.advise(range(address, 2 * PAGE), Advice.DONTNEED);
    expected.clear(1);
    assertEquals(expected, space.residency(range(address, 4 * PAGE)));
    Pagemap pages = space.pagemap(range(address, 4 * PAGE));
    assertEquals(4, pages.pageCount());
    assertFalse(pages.isPresent(1));
    assertTrue(pages.isPresent(3));
    assertFalse(pages.isFileOrShared(3));
  }

  @Test
  void adviceOverAGapIsDoneAndThenRefused() {
    long address = space.map(anonymous(3 * PAGE));
    put(address, 1);
    put(address + 2 * PAGE, 1);
    space.unmap(range(address + PAGE, PAGE));
    refused(Errno.ENOMEM, () -> space.advise(range(address, 3 * PAGE), Advice.DONTNEED));
    assertEquals(0, byteAt(address));
    assertEquals(0, byteAt(address + 2 * PAGE));
  }

  @Test
  void remappingMovesWhatWeOwn() {
    long address = space.map(anonymous(2 * PAGE));
    put(address, 8);
    put(address + PAGE, 9);
    long moved = space.remap(range(address, 2 * PAGE), 64 * PAGE, Set.of(RemapFlag.MAY_MOVE), 0);
    assertEquals(8, byteAt(moved));
    assertEquals(9, byteAt(moved + PAGE));
    assertEquals(0, byteAt(moved + 63 * PAGE));
    if (moved != address) {
      refused(Errno.EFAULT, () -> byteAt(address));
    }
    assertEquals(moved, space.remap(range(moved, 64 * PAGE), PAGE, Set.of(), 0));
    refused(Errno.EFAULT, () -> byteAt(moved + PAGE));
    long target = space.map(anonymous(PAGE));
    assertEquals(
        target,
        space.remap(
            range(moved, PAGE), PAGE, EnumSet.of(RemapFlag.MAY_MOVE, RemapFlag.FIXED), target));
    assertEquals(8, byteAt(target));
    refused(Errno.EFAULT, () -> byteAt(moved));
  }

  @Test
  void mappingsAreThoseOfThisSpace() {
    try (MemoryFile file = file(4 * PAGE)) {
      long address = space.map(MapRequest.shared(file, PAGE, 2 * PAGE));
      put(address, 1);
      List<MappingView> views = space.mappings();
      assertEquals(1, views.size(), views::toString);
      MappingView view = views.getFirst();
      assertEquals(range(address, 2 * PAGE), view.range());
      assertEquals(READ_WRITE, view.protection());
      assertTrue(view.shared());
      assertEquals("test", view.fileName());
      assertEquals(PAGE, view.offsetBytes());
      assertEquals(PAGE, view.residentBytes());
      assertEquals(0, view.hugeBytes());
    }
  }

  @Test
  void useAfterCloseIsAnException() {
    long address = space.map(anonymous(PAGE));
    DirectView view = space.view(range(address, PAGE));
    space.close();
    space.close();
    assertThrows(IllegalStateException.class, () -> byteAt(address));
    assertThrows(IllegalStateException.class, () -> space.map(anonymous(PAGE)));
    assertThrows(IllegalStateException.class, () -> space.unmap(range(address, PAGE)));
    assertThrows(IllegalStateException.class, space::mappings);
    assertThrows(IllegalStateException.class, space::fork);
    assertThrows(IllegalStateException.class, () -> space.userfaultfd(Set.of()));
    assertThrows(IllegalStateException.class, () -> view.segment().get(ValueLayout.JAVA_BYTE, 0));
    memory.close();
    assertThrows(IllegalStateException.class, memory::newAddressSpace);
  }

  @Test
  void whatARealProcessCannotDoIsRefused() {
    refused(Errno.ENOSYS, space::fork);
    refused(Errno.ENOSYS, space::newCpu);
    refused(Errno.ENOSYS, () -> space.pin(range(PAGE, PAGE), org.mm4j.Access.READ));
  }

  @Test
  void aViewIsDirectAndKeepsItsMemory() {
    long address = space.map(anonymous(4 * PAGE));
    AddressRange whole = range(address, 4 * PAGE);
    DirectView view = space.view(whole);
    view.segment().set(ValueLayout.JAVA_LONG, 8, 42);
    assertEquals(42, byteAt(address + 8));
    refused(Errno.EBUSY, () -> space.unmap(whole));
    refused(Errno.EBUSY, () -> space.protect(whole, Set.of()));
    refused(Errno.EBUSY, () -> space.map(anonymous(PAGE).at(address)));
    refused(Errno.EBUSY, () -> space.remap(whole, 8 * PAGE, Set.of(RemapFlag.MAY_MOVE), 0));
    assertEquals(42, view.segment().get(ValueLayout.JAVA_LONG, 8));
    view.close();
    view.close();
    assertThrows(IllegalStateException.class, () -> view.segment().get(ValueLayout.JAVA_BYTE, 0));
    space.protect(whole, Set.of(Protection.READ));
    try (DirectView reading = space.view(whole)) {
      assertTrue(reading.segment().isReadOnly());
    }
    space.protect(range(address, PAGE), Set.of());
    refused(Errno.EACCES, () -> space.view(whole));
    space.unmap(whole);
    refused(Errno.ENOMEM, () -> space.view(whole));
    refused(Errno.EINVAL, () -> space.view(range(address, 0)));
  }

  @Test
  void aViewOfACutFileIsAnErrorAndNoCrash() {
    try (MemoryFile file = file(PAGE)) {
      long address = space.map(MapRequest.shared(file, 0, PAGE));
      try (DirectView view = space.view(range(address, PAGE))) {
        file.truncate(0);
        assertThrows(InternalError.class, () -> view.segment().get(ValueLayout.JAVA_BYTE, 0));
      }
    }
  }

  @Test
  void memoryToBeHugeIsAlignedAndAdvisedBeforeItsFirstTouch() {
    LinuxProbe probe = memory.features();
    RunningKernel.require(
        probe.has(LinuxFeature.HUGE_PAGES), () -> probe.explain(LinuxFeature.HUGE_PAGES));
    long address = space.mapHuge(anonymous(2 * HUGE));
    assertEquals(0, address % HUGE);
    put(address, 1);
    assertEquals(HUGE, hugeBytes(address));
    try (MemoryFile file = file(4 * HUGE)) {
      long shared = space.mapHuge(MapRequest.shared(file, 3 * PAGE, HUGE));
      assertEquals(3 * PAGE, shared % HUGE);
    }
    MapRequest populated =
        new MapRequest(
            0,
            HUGE,
            READ_WRITE,
            EnumSet.of(MapFlag.PRIVATE, MapFlag.ANONYMOUS, MapFlag.POPULATE),
            null,
            0);
    long whole = space.mapHuge(populated);
    assertEquals(HUGE, hugeBytes(whole));
    try (HugeFrameMemory frames = new HugeFrameMemory(memory, 2 * HUGE)) {
      MemorySegment chunk = frames.newChunk();
      assertEquals(2 * HUGE, chunk.byteSize());
      assertEquals(0, chunk.address() % HUGE);
      chunk.set(ValueLayout.JAVA_LONG, HUGE, 5);
      assertEquals(0, chunk.get(ValueLayout.JAVA_LONG, 0));
    }
  }

  private long hugeBytes(long address) {
    return space.mappings().stream()
        .filter(view -> view.range().contains(address))
        .mapToLong(MappingView::hugeBytes)
        .sum();
  }
}
