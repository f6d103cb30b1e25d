/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.MappingView;
import org.mm4j.MemoryFile;
import org.mm4j.Protection;

/** Shared mappings of memory files: placement, permissions, advice, residency. */
abstract class AddressSpaceContract extends BackendContract {
  private static final Set<Protection> READ_WRITE = EnumSet.of(Protection.READ, Protection.WRITE);

  private static MapRequest shared(MemoryFile file, long hint, long length, MapFlag... flags) {
    EnumSet<MapFlag> all = EnumSet.of(MapFlag.SHARED, flags);
    return new MapRequest(hint, length, READ_WRITE, all, file, 0);
  }

  @Test
  void mappingsShareTheContentOfTheFile() {
    MemoryFile file = file(4 * PAGE);
    long first = space.map(MapRequest.shared(file, 0, 4 * PAGE));
    long second = space.map(MapRequest.shared(file, PAGE, 3 * PAGE));
    put(second + 5, 7);
    assertEquals(7, byteAt(first + PAGE + 5));
    assertEquals(7, content(file, PAGE + 5, 1)[0]);
    file.write(3 * PAGE, bytes(1, 9));
    assertEquals(9, byteAt(second + 2 * PAGE));
    file.punchHole(PAGE, PAGE);
    assertEquals(0, byteAt(second + 5));
  }

  @Test
  void impossibleMappingsAreRefused() {
    MemoryFile file = file(4 * PAGE);
    refused(Errno.EINVAL, () -> space.map(shared(file, 0, 0)));
    refused(Errno.EINVAL, () -> space.map(MapRequest.shared(file, 1, PAGE)));
    refused(Errno.EOVERFLOW, () -> space.map(MapRequest.shared(file, -PAGE, 2 * PAGE)));
    refused(Errno.ENOMEM, () -> space.map(shared(file, 0, 1L << 48)));
    refused(Errno.EINVAL, () -> space.map(shared(file, (1L << 40) + 1, PAGE, MapFlag.FIXED)));
    Set<MapFlag> neither = EnumSet.noneOf(MapFlag.class);
    refused(Errno.EINVAL, () -> space.map(new MapRequest(0, PAGE, READ_WRITE, neither, file, 0)));
    refused(Errno.ENOMEM, () -> space.map(shared(file, 1L << 47, PAGE, MapFlag.FIXED)));
  }

  @Test
  void fixedReplacesAndFixedNoReplaceDoesNot() {
    MemoryFile file = file(4 * PAGE);
    MemoryFile other = file(4 * PAGE);
    other.write(0, bytes(1, 8));
    long address = space.map(MapRequest.shared(file, 0, 4 * PAGE));
    refused(
        Errno.EEXIST,
        () -> space.map(shared(other, address + PAGE, PAGE, MapFlag.FIXED_NOREPLACE)));
    assertEquals(0, byteAt(address + PAGE));
    assertEquals(address + PAGE, space.map(shared(other, address + PAGE, PAGE, MapFlag.FIXED)));
    assertEquals(8, byteAt(address + PAGE));
    space.unmap(range(address + PAGE, PAGE));
    assertEquals(
        address + PAGE, space.map(shared(other, address + PAGE, PAGE, MapFlag.FIXED_NOREPLACE)));
    assertEquals(8, byteAt(address + PAGE));
    assertEquals(0, byteAt(address + 2 * PAGE));
  }

  @Test
  void unmappingRoundsUpAndIgnoresGaps() {
    MemoryFile file = file(4 * PAGE);
    long address = space.map(MapRequest.shared(file, 0, 4 * PAGE));
    refused(Errno.EINVAL, () -> space.unmap(range(address + 1, PAGE)));
    refused(Errno.EINVAL, () -> space.unmap(range(address, 0)));
    refused(Errno.EINVAL, () -> space.unmap(range(-PAGE, PAGE)));
    space.unmap(range(address + PAGE, 1));
    refused(Errno.EFAULT, () -> byteAt(address + PAGE));
    assertEquals(0, byteAt(address + 2 * PAGE));
    space.unmap(range(address, 4 * PAGE));
    space.unmap(range(address, 4 * PAGE));
    refused(Errno.EFAULT, () -> byteAt(address + 3 * PAGE));
  }

  @Test
  void protectionDecidesAndStopsAtAGap() {
    MemoryFile file = file(4 * PAGE);
    long address = space.map(MapRequest.shared(file, 0, 4 * PAGE));
    put(address, 1);
    space.protect(range(address, PAGE), Set.of(Protection.READ));
    refused(Errno.EFAULT, () -> put(address, 2));
    assertEquals(1, byteAt(address));
    space.protect(range(address, PAGE), Set.of());
    refused(Errno.EFAULT, () -> byteAt(address));
    space.protect(range(address, 0), Set.of(Protection.READ));
    refused(Errno.EFAULT, () -> byteAt(address));
    refused(Errno.EINVAL, () -> space.protect(range(address + 1, PAGE), READ_WRITE));
    space.unmap(range(address + PAGE, PAGE));
    refused(Errno.ENOMEM, () -> space.protect(range(address, 3 * PAGE), READ_WRITE));
    put(address, 3);
    assertEquals(3, byteAt(address), "what lies before the gap is changed");
  }

  @Test
  void beyondTheEndOfTheFileIsAFault() {
    MemoryFile file = file(PAGE + 1);
    long address = space.map(MapRequest.shared(file, 0, 4 * PAGE));
    assertEquals(0, byteAt(address + 2 * PAGE - 1), "the rest of the last page is there");
    refused(Errno.EFAULT, () -> byteAt(address + 2 * PAGE));
    refused(Errno.EFAULT, () -> put(address + 2 * PAGE, 1));
    refused(Errno.EFAULT, () -> space.write(address + 2 * PAGE - 1, bytes(2, 5)));
    assertEquals(5, byteAt(address + 2 * PAGE - 1), "what lies before it is written");
    file.truncate(4 * PAGE);
    put(address + 3 * PAGE, 1);
    file.truncate(PAGE);
    refused(Errno.EFAULT, () -> byteAt(address + 3 * PAGE));
  }

  @Test
  void residencyTellsThePagesOfTheFileThatAreData() {
    MemoryFile file = file(6 * PAGE);
    file.write(PAGE, bytes(1, 1));
    file.allocate(2 * PAGE, PAGE);
    long address = space.map(MapRequest.shared(file, 0, 6 * PAGE));
    put(address + 4 * PAGE, 1);
    BitSet expected = new BitSet();
    expected.set(1);
    expected.set(4);
    assertEquals(expected, space.residency(range(address, 6 * PAGE)));
    assertEquals(new BitSet(), space.residency(range(address, 0)));
    assertEquals(1, space.residency(range(address + PAGE, 1)).cardinality());
    refused(Errno.EINVAL, () -> space.residency(range(address + 1, PAGE)));
    space.unmap(range(address + 5 * PAGE, PAGE));
    refused(Errno.ENOMEM, () -> space.residency(range(address, 6 * PAGE)));
  }

  @Test
  void dontNeedKeepsTheContentOfTheFile() {
    MemoryFile file = file(2 * PAGE);
    long address = space.map(MapRequest.shared(file, 0, 2 * PAGE));
    put(address, 6);
    space.advise(range(address, 2 * PAGE), Advice.DONTNEED);
    assertEquals(8, file.blocks());
    assertEquals(1, residentPages(address, 2 * PAGE));
    assertEquals(6, byteAt(address));
  }

  @Test
  void removePunchesAHole() {
    MemoryFile file = file(4 * PAGE);
    file.write(0, bytes(4 * PAGE, 2));
    long address = space.map(MapRequest.shared(file, PAGE, 3 * PAGE));
    space.advise(range(address, PAGE), Advice.REMOVE);
    assertEquals(OptionalLong.of(PAGE), file.seekHole(0));
    assertEquals(24, file.blocks());
    assertEquals(0, byteAt(address));
    assertEquals(2, byteAt(address + PAGE));
    space.advise(range(address + PAGE, 1), Advice.REMOVE);
    assertEquals(0, byteAt(address + PAGE + 100), "the length is rounded up");
  }

  @Test
  void removeNeedsAMappingThatMayWrite() {
    MemoryFile file = file(PAGE);
    file.write(0, bytes(1, 2));
    long address = space.map(MapRequest.shared(file, 0, PAGE));
    space.protect(range(address, PAGE), Set.of(Protection.READ));
    space.advise(range(address, PAGE), Advice.REMOVE);
    assertEquals(0, file.blocks(), "it is enough that it may become writable");
    space.unmap(range(address, PAGE));
    file.addSeals(Set.of(org.mm4j.Seal.WRITE));
    long readOnly = space.map(MapRequest.shared(file, 0, PAGE).protect(Set.of(Protection.READ)));
    refused(Errno.EACCES, () -> space.advise(range(readOnly, PAGE), Advice.REMOVE));
  }

  @ParameterizedTest
  @EnumSource(Advice.class)
  void adviceChecksItsRange(Advice advice) {
    MemoryFile file = file(4 * PAGE);
    long address = space.map(MapRequest.shared(file, 0, 4 * PAGE));
    refused(Errno.EINVAL, () -> space.advise(range(address + 1, PAGE), advice));
    refused(Errno.EINVAL, () -> space.advise(range(address, -PAGE), advice));
    space.advise(range(address, 0), advice);
    space.unmap(range(address, 4 * PAGE));
    space.advise(range(address, 0), advice);
    refused(Errno.ENOMEM, () -> space.advise(range(address, PAGE), advice));
  }

  @Test
  void adviceGoesOnBehindAGap() {
    MemoryFile file = file(4 * PAGE);
    file.write(0, bytes(4 * PAGE, 2));
    long address = space.map(MapRequest.shared(file, 0, 4 * PAGE));
    space.unmap(range(address + PAGE, PAGE));
    refused(Errno.ENOMEM, () -> space.advise(range(address, 4 * PAGE), Advice.REMOVE));
    assertEquals(8, file.blocks());
  }

  @Test
  void mappingsTellTheirRangeAndProtection() {
    MemoryFile file = file(8 * PAGE);
    long address = mapAligned(MapRequest.shared(file, PAGE, 4 * PAGE));
    space.protect(range(address + PAGE, PAGE), Set.of(Protection.READ));
    assertEquals(
        3, space.mappings().stream().map(MappingView::range).distinct().count(), "it was split");
    MappingView middle = space.mappings().get(1);
    assertEquals(range(address + PAGE, PAGE), middle.range());
    assertEquals(Set.of(Protection.READ), middle.protection());
    assertEquals(2 * PAGE, middle.offsetBytes());
    space.protect(range(address + PAGE, PAGE), READ_WRITE);
    assertEquals(range(address, 4 * PAGE), space.mappings().getFirst().range(), "it was merged");
  }
}
