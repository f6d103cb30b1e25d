/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mm4j.Errno;
import org.mm4j.MapRequest;
import org.mm4j.MemoryFile;
import org.mm4j.Protection;
import org.mm4j.Seal;

final class MemfdFileTest extends KernelFixture {
  @Test
  void holesAndDataAreFound() {
    try (MemoryFile file = file(8 * PAGE)) {
      assertEquals(8 * PAGE, file.sizeBytes());
      assertEquals(0, file.blocks());
      assertEquals(OptionalLong.empty(), file.seekData(0));
      assertEquals(OptionalLong.of(0), file.seekHole(0));
      assertEquals(1, file.write(2 * PAGE + 5, bytes(1, 9)));
      assertEquals(8, file.blocks());
      assertEquals(OptionalLong.of(2 * PAGE), file.seekData(0));
      assertEquals(OptionalLong.of(3 * PAGE), file.seekHole(2 * PAGE));
      assertEquals(OptionalLong.empty(), file.seekHole(8 * PAGE));
      assertEquals(OptionalLong.empty(), file.seekHole(-1));
      file.allocate(4 * PAGE, PAGE);
      assertEquals(16, file.blocks());
      assertEquals(OptionalLong.empty(), file.seekData(3 * PAGE));
      file.punchHole(0, 8 * PAGE);
      assertEquals(0, file.blocks());
    }
  }

  @Test
  void contentGoesInAndOut() {
    try (MemoryFile file = file(0)) {
      int length = (1 << 19) + 11;
      assertEquals(length, file.write(3, bytes(length, 6)));
      assertEquals(3 + length, file.sizeBytes());
      byte[] in = new byte[length + 10];
      assertEquals(length + 3, file.read(0, MemorySegment.ofArray(in)));
      assertEquals(0, in[2]);
      assertEquals(6, in[3]);
      assertEquals(6, in[length + 2]);
      assertEquals(0, file.read(length + 3, MemorySegment.ofArray(in)));
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment some = arena.allocate(4);
        assertEquals(4, file.read(1, some));
        assertArrayEquals(
            new byte[] {0, 0, 6, 6}, some.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
      }
      refused(Errno.EINVAL, () -> file.read(-1, bytes(1, 0)));
      refused(Errno.EINVAL, () -> file.write(-1, bytes(1, 0)));
      refused(Errno.EINVAL, () -> file.truncate(-1));
      refused(Errno.EINVAL, () -> file.allocate(0, 0));
      refused(Errno.EINVAL, () -> file.punchHole(-1, 1));
      refused(Errno.EFBIG, () -> file.allocate(Long.MAX_VALUE, 1));
    }
  }

  @Test
  void sealsHold() {
    try (MemoryFile file = file(2 * PAGE)) {
      assertEquals(Set.of(), file.seals());
      long address = space.map(MapRequest.shared(file, 0, PAGE));
      refused(Errno.EBUSY, () -> file.addSeals(Set.of(Seal.WRITE)));
      space.unmap(range(address, PAGE));
      file.addSeals(Set.of(Seal.WRITE, Seal.SHRINK));
      assertEquals(Set.of(Seal.WRITE, Seal.SHRINK), file.seals());
      refused(Errno.EPERM, () -> file.write(0, bytes(1, 1)));
      refused(Errno.EPERM, () -> file.truncate(0));
      refused(Errno.EPERM, () -> file.punchHole(0, PAGE));
      file.truncate(4 * PAGE);
      refused(Errno.EPERM, () -> space.map(MapRequest.shared(file, 0, PAGE)));
      space.map(MapRequest.shared(file, 0, PAGE).protect(Set.of(Protection.READ)));
    }
    try (MemoryFile sealed = memory.createMemoryFile("sealed", Set.of())) {
      assertEquals(Set.of(Seal.SEAL), sealed.seals());
      refused(Errno.EPERM, () -> sealed.addSeals(Set.of(Seal.GROW)));
    }
  }

  @Test
  void mappingsOutliveTheFile() {
    MemoryFile file = file(PAGE);
    long address = space.map(MapRequest.shared(file, 0, PAGE));
    file.close();
    file.close();
    put(address, 4);
    assertEquals(4, byteAt(address));
    assertThrows(IllegalStateException.class, file::sizeBytes);
    assertThrows(IllegalStateException.class, () -> file.read(0, bytes(1, 0)));
    assertThrows(IllegalStateException.class, () -> space.map(MapRequest.shared(file, 0, PAGE)));
  }

  @Test
  void badNamesAreRefused() {
    refused(Errno.EINVAL, () -> memory.createMemoryFile("x".repeat(250), Set.of()));
    refused(Errno.EINVAL, () -> memory.createMemoryFile("a\0b", Set.of()));
    memory.createMemoryFile("x".repeat(249), Set.of()).close();
  }
}
