/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.Protection;

/** Every malformed or foreign file is refused with one line that says why. */
final class ElfFileTest {
  @Test
  void aRightFileIsRead() throws ElfException {
    ElfFile program = ElfFile.parse(ElfImage.with(file -> {}));
    assertEquals(ElfImage.CODE_ADDRESS, program.entry());
    assertEquals(2, program.segments().size());
    assertEquals(2, program.headerCount());
    ElfSegment data = program.segments().getLast();
    assertEquals(ElfImage.DATA_ADDRESS, data.address());
    assertEquals(0x2000, data.memoryBytes());
    assertEquals(EnumSet.of(Protection.READ, Protection.WRITE), data.protection());
  }

  @Test
  void aPositionIndependentFileIsMoved() throws ElfException {
    ElfFile program = ElfFile.parse(ElfImage.with(file -> file.putShort(16, (short) 3)));
    assertEquals(ElfImage.CODE_ADDRESS + (1L << 36), program.entry());
    assertTrue(program.segments().getFirst().range().contains(program.entry()));
  }

  @Test
  void headersThatAreLoadedAreFound() throws ElfException {
    ElfFile program =
        ElfFile.parse(
            ElfImage.with(file -> file.putLong(ElfImage.header(0) + 8, 0).putLong(24, 0x1_1000)));
    assertEquals(ElfImage.CODE_ADDRESS + ElfImage.HEADERS, program.headersAddress());
  }

  static Stream<Arguments> defects() {
    return Stream.of(
        defect("not an ELF program", file -> file.put(0, (byte) '#')),
        defect("32-bit", file -> file.put(4, (byte) 1)),
        defect("big-endian", ElfFileTest::makeBigEndian),
        defect("x86-64", file -> file.putShort(18, (short) 62)),
        defect("arm64", file -> file.putShort(18, (short) 183)),
        defect("ELF machine 999", file -> file.putShort(18, (short) 999)),
        defect("ELF type 1", file -> file.putShort(16, (short) 1)),
        defect("ELF type 4", file -> file.putShort(16, (short) 4)),
        defect("unknown ELF version", file -> file.putInt(20, 7)),
        defect("no program headers", file -> file.putShort(56, (short) 0)),
        defect("headers of 32 bytes", file -> file.putShort(54, (short) 32)),
        defect("program headers are beyond", file -> file.putLong(32, 0x9000)),
        defect("program headers are beyond", file -> file.putLong(32, -8)),
        defect("program headers are beyond", file -> file.putLong(32, Long.MAX_VALUE)),
        defect("program headers are beyond", file -> file.putShort(56, (short) -1)),
        defect("link it with -static", file -> file.putInt(ElfImage.header(1), 3)),
        defect("no PT_LOAD", file -> file.putInt(at(0), 0).putInt(at(1), 0)),
        defect("overlap at 0x11080", file -> file.putLong(at(1) + 16, 0x1_1080)),
        defect("more content than memory", file -> file.putLong(at(1) + 40, 8)),
        defect("more content than memory", file -> file.putLong(at(1) + 32, -1)),
        defect("segment 1 is beyond the end", file -> file.putLong(at(1) + 8, 0x3000)),
        defect("segment 1 is beyond the end", file -> file.putLong(at(1) + 8, -4096)),
        defect("segment 1 is beyond the end", file -> file.putLong(at(1) + 8, Long.MAX_VALUE)),
        defect("outside user memory", file -> file.putLong(at(1) + 16, 0x1000)),
        defect("outside user memory", file -> file.putLong(at(1) + 16, -0x1000)),
        defect("outside user memory", file -> file.putLong(at(1) + 16, 1L << 62)),
        defect("outside user memory", file -> file.putLong(at(1) + 40, 1L << 62)),
        defect("outside user memory", file -> file.putLong(at(1) + 40, -1)),
        defect("entry point 0x13000", file -> file.putLong(24, ElfImage.DATA_ADDRESS)),
        defect("entry point 0x0", file -> file.putLong(24, 0)));
  }

  private static Arguments defect(String message, Consumer<ByteBuffer> defect) {
    return arguments(message, defect);
  }

  private static int at(int index) {
    return ElfImage.header(index);
  }

  private static void makeBigEndian(ByteBuffer file) {
    file.put(5, (byte) 2).putShort(18, Short.reverseBytes((short) 243));
  }

  @ParameterizedTest
  @MethodSource("defects")
  void aDefectIsNamed(String message, Consumer<ByteBuffer> defect) {
    String told = refusal(ElfImage.with(defect));
    assertTrue(told.contains(message), told);
  }

  /** Cut anywhere, a file is refused, never read past its end. */
  @Test
  void everyTruncationIsRefused() {
    byte[] whole = ElfImage.with(file -> {});
    IntStream.range(0, whole.length)
        .filter(length -> length < 0x200 || length % 0x40 == 0)
        .forEach(length -> refusal(Arrays.copyOf(whole, Math.min(length, 0x20ff))));
  }

  private static String refusal(byte[] file) {
    String told = assertThrows(ElfException.class, () -> ElfFile.parse(file)).getMessage();
    assertEquals(1, told.lines().count(), told);
    return told;
  }
}
