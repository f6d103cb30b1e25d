/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.Errno;
import org.mm4j.MapRequest;
import org.mm4j.MemoryFile;
import org.mm4j.MemoryFileFlag;
import org.mm4j.Protection;
import org.mm4j.Seal;

/** Memory files: holes, sizes, blocks, seeks and seals (linux-semantics §6). */
abstract class MemoryFileContract extends BackendContract {
  @Test
  void aHoleReadsAsZerosAndStaysAHole() {
    MemoryFile file = file(4 * PAGE);
    assertArrayEquals(new byte[100], content(file, PAGE - 50, 100));
    assertEquals(0, file.blocks());
    assertEquals(OptionalLong.empty(), file.seekData(0));
    assertEquals(OptionalLong.of(0), file.seekHole(0));
  }

  @Test
  void aWriteMakesTheWholePageData() {
    MemoryFile file = file(4 * PAGE);
    assertEquals(1, file.write(PAGE + 5, bytes(1, 3)));
    assertEquals(8, file.blocks());
    assertEquals(OptionalLong.of(PAGE), file.seekData(0));
    assertEquals(OptionalLong.of(PAGE + 7), file.seekData(PAGE + 7));
    assertEquals(OptionalLong.of(2 * PAGE), file.seekHole(PAGE));
    assertEquals(OptionalLong.empty(), file.seekData(2 * PAGE));
    assertArrayEquals(new byte[] {0, 3, 0}, content(file, PAGE + 4, 3));
  }

  @Test
  void theEndOfTheFileIsAHoleAndBeyondItThereIsNothingToSeek() {
    MemoryFile file = file(PAGE + 10);
    file.write(0, bytes(PAGE + 10, 1));
    assertEquals(OptionalLong.of(PAGE + 10), file.seekHole(0));
    assertEquals(OptionalLong.of(PAGE + 9), file.seekData(PAGE + 9));
    for (long offset : new long[] {PAGE + 10, PAGE + 11, 1L << 40, -1, Long.MIN_VALUE}) {
      assertEquals(OptionalLong.empty(), file.seekData(offset), "data at " + offset);
      assertEquals(OptionalLong.empty(), file.seekHole(offset), "hole at " + offset);
    }
  }

  @Test
  void readsEndAtTheEndOfTheFileAndWritesMoveIt() {
    MemoryFile file = file(PAGE + 10);
    assertEquals(10, content(file, PAGE, 100).length);
    assertEquals(0, content(file, PAGE + 10, 100).length);
    assertEquals(0, content(file, 1L << 40, 1).length);
    assertEquals(20, file.write(3 * PAGE - 10, bytes(20, 6)));
    assertEquals(3 * PAGE + 10, file.sizeBytes());
    assertEquals(16, file.blocks());
    assertEquals(0, file.write(9 * PAGE, bytes(0, 0)));
    assertEquals(3 * PAGE + 10, file.sizeBytes(), "writing nothing does not grow the file");
  }

  @Test
  void impossibleOffsetsAndLengthsAreRefused() {
    MemoryFile file = file(PAGE);
    refused(Errno.EINVAL, () -> content(file, -1, 1));
    refused(Errno.EINVAL, () -> file.write(-1, bytes(1, 1)));
    refused(Errno.EINVAL, () -> file.write(Long.MAX_VALUE, bytes(1, 1)));
    refused(Errno.EINVAL, () -> content(file, Long.MAX_VALUE, 1));
    refused(Errno.EINVAL, () -> file.truncate(-1));
    refused(Errno.EINVAL, () -> file.allocate(-1, 1));
    refused(Errno.EINVAL, () -> file.allocate(0, 0));
    refused(Errno.EINVAL, () -> file.allocate(0, -1));
    refused(Errno.EINVAL, () -> file.punchHole(-1, 1));
    refused(Errno.EINVAL, () -> file.punchHole(0, 0));
    refused(Errno.EFBIG, () -> file.allocate(Long.MAX_VALUE, 2));
    refused(Errno.EFBIG, () -> file.punchHole(Long.MAX_VALUE, 2));
    assertEquals(PAGE, file.sizeBytes());
    assertEquals(0, file.blocks());
  }

  @Test
  void aFallocatedPageIsChargedAndNotYetData() {
    MemoryFile file = file(PAGE);
    file.allocate(PAGE / 2, 3 * PAGE);
    assertEquals(3 * PAGE + PAGE / 2, file.sizeBytes());
    assertEquals(8 * 4, file.blocks());
    assertEquals(OptionalLong.empty(), file.seekData(0));
    assertEquals(OptionalLong.of(0), file.seekHole(0));
    assertArrayEquals(new byte[8], content(file, 0, 8));
    assertEquals(OptionalLong.empty(), file.seekData(0), "reading the file does not make it data");
    long address = space.map(MapRequest.shared(file, 0, 4 * PAGE));
    assertEquals(0, residentPages(address, 4 * PAGE));
    assertEquals(0, byteAt(address + PAGE));
    assertEquals(OptionalLong.of(PAGE), file.seekData(0), "reading memory does");
    assertEquals(OptionalLong.of(2 * PAGE), file.seekHole(PAGE));
  }

  @Test
  void allocatingAgainMakesAFallocatedPageData() {
    MemoryFile file = file(4 * PAGE);
    file.allocate(PAGE, PAGE);
    file.allocate(0, 3 * PAGE);
    assertEquals(OptionalLong.of(PAGE), file.seekData(0));
    assertEquals(OptionalLong.of(2 * PAGE), file.seekHole(PAGE));
    assertEquals(24, file.blocks());
  }

  @Test
  void punchingFreesWholePagesAndZeroesTheRest() {
    MemoryFile file = file(4 * PAGE);
    file.write(0, bytes(4 * PAGE, 5));
    file.punchHole(PAGE / 2, 2 * PAGE);
    assertEquals(4 * PAGE, file.sizeBytes());
    assertEquals(8 * 3, file.blocks());
    assertArrayEquals(new byte[] {5, 0}, content(file, PAGE / 2 - 1, 2));
    assertArrayEquals(new byte[] {0, 5}, content(file, 2 * PAGE + PAGE / 2 - 1, 2));
    assertEquals(OptionalLong.of(PAGE), file.seekHole(0));
    assertEquals(OptionalLong.of(2 * PAGE), file.seekData(PAGE));
    file.punchHole(0, 1L << 40);
    assertEquals(0, file.blocks());
    assertEquals(4 * PAGE, file.sizeBytes());
  }

  @Test
  void truncatingDropsPagesAndZeroesTheTail() {
    MemoryFile file = file(4 * PAGE);
    file.write(0, bytes(4 * PAGE, 5));
    file.truncate(PAGE + 1);
    assertEquals(16, file.blocks());
    file.truncate(4 * PAGE);
    assertArrayEquals(new byte[] {5, 0}, content(file, PAGE, 2));
    assertEquals(OptionalLong.of(2 * PAGE), file.seekHole(0));
    file.truncate(0);
    assertEquals(0, file.blocks());
  }

  @Test
  void settingTheSizeToWhatItIsKeepsTheContent() {
    MemoryFile file = file(4 * PAGE);
    file.write(0, bytes(4 * PAGE, 5));
    file.truncate(4 * PAGE);
    assertEquals(32, file.blocks());
    assertEquals(5, content(file, 4 * PAGE - 1, 1)[0]);
  }

  @Test
  void sealsForbidWhatTheySay() {
    MemoryFile file = file(2 * PAGE);
    file.write(0, bytes(PAGE, 1));
    file.addSeals(Set.of(Seal.SHRINK, Seal.GROW));
    refused(Errno.EPERM, () -> file.truncate(PAGE));
    refused(Errno.EPERM, () -> file.truncate(3 * PAGE));
    refused(Errno.EPERM, () -> file.write(2 * PAGE, bytes(1, 1)));
    refused(Errno.EPERM, () -> file.allocate(PAGE, 2 * PAGE));
    file.truncate(2 * PAGE);
    file.allocate(PAGE, PAGE);
    file.punchHole(0, PAGE);
    file.addSeals(Set.of(Seal.WRITE));
    refused(Errno.EPERM, () -> file.write(0, bytes(1, 1)));
    refused(Errno.EPERM, () -> file.punchHole(0, PAGE));
    assertEquals(EnumSet.of(Seal.SHRINK, Seal.GROW, Seal.WRITE), file.seals());
    file.addSeals(Set.of(Seal.SEAL));
    refused(Errno.EPERM, () -> file.addSeals(Set.of(Seal.FUTURE_WRITE)));
  }

  @Test
  void aFileCreatedWithoutSealingIsSealedAgainstIt() {
    MemoryFile file = closing(memory.createMemoryFile("unsealable", Set.of()));
    assertEquals(Set.of(Seal.SEAL), file.seals());
    refused(Errno.EPERM, () -> file.addSeals(Set.of(Seal.GROW)));
  }

  @Test
  void aWritableMappingAndTheWriteSealExcludeEachOther() {
    MemoryFile file = file(PAGE);
    long address = space.map(MapRequest.shared(file, 0, PAGE));
    refused(Errno.EBUSY, () -> file.addSeals(Set.of(Seal.WRITE)));
    space.protect(range(address, PAGE), Set.of(Protection.READ));
    refused(Errno.EBUSY, () -> file.addSeals(Set.of(Seal.WRITE)));
    space.unmap(range(address, PAGE));
    file.addSeals(Set.of(Seal.WRITE));
    refused(Errno.EPERM, () -> space.map(MapRequest.shared(file, 0, PAGE)));
    long readOnly = space.map(MapRequest.shared(file, 0, PAGE).protect(Set.of(Protection.READ)));
    refused(
        Errno.EACCES,
        () -> space.protect(range(readOnly, PAGE), Set.of(Protection.READ, Protection.WRITE)));
  }

  @Test
  void aSealOnFutureWritesSparesMappingsThatExist() {
    MemoryFile file = file(PAGE);
    long address = space.map(MapRequest.shared(file, 0, PAGE));
    file.addSeals(Set.of(Seal.FUTURE_WRITE));
    put(address, 4);
    assertEquals(4, content(file, 0, 1)[0]);
    refused(Errno.EPERM, () -> file.write(0, bytes(1, 1)));
    refused(Errno.EPERM, () -> file.punchHole(0, PAGE));
    refused(Errno.EPERM, () -> space.map(MapRequest.shared(file, 0, PAGE)));
  }

  @ParameterizedTest
  @ValueSource(ints = {249, 250})
  void namesHaveALimit(int length) {
    String name = "n".repeat(length);
    if (length == 249) {
      closing(memory.createMemoryFile(name, Set.of(MemoryFileFlag.ALLOW_SEALING)));
    } else {
      refused(Errno.EINVAL, () -> memory.createMemoryFile(name, Set.of()).close());
    }
  }
}
