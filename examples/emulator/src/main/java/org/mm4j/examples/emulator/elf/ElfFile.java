/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mm4j.UserAddresses;
import org.mm4j.examples.emulator.memory.MemoryLayout;

/**
 * A static riscv64 program: an ELF file whose every claim has been checked. A position-independent
 * one has been moved to where it will be.
 *
 * @param bytes the file
 * @param entry where it starts
 * @param segments the PT_LOAD segments by address, at least one
 * @param headersAddress where the program headers are in memory, or 0 if they are not loaded
 * @param headerCount how many program headers
 */
@SuppressWarnings("ArrayRecordComponent") // a file of a megabyte is not copied, nor compared
public record ElfFile(
    byte[] bytes, long entry, List<ElfSegment> segments, long headersAddress, int headerCount) {
  /** The size of a program header. */
  public static final int HEADER_BYTES = 56;

  private static final int FILE_HEADER_BYTES = 64;
  private static final int MAGIC = 0x464c457f;
  private static final int CLASS_64 = 2;
  private static final int LITTLE_ENDIAN = 1;
  private static final int RISCV = 243;
  private static final int TYPE_EXECUTABLE = 2;
  private static final int TYPE_SHARED = 3;
  private static final int LOAD = 1;
  private static final int INTERPRETER = 3;
  private static final Map<Integer, String> MACHINES =
      Map.of(3, "x86", 40, "32-bit Arm", 62, "x86-64", 183, "arm64", 8, "MIPS", 21, "PowerPC");

  /**
   * Reads and checks a file.
   *
   * @throws ElfException if it is not a static riscv64 Linux program
   */
  public static ElfFile parse(byte[] bytes) throws ElfException {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    checkIdentity(file);
    int type = file.getShort(16);
    if (type != TYPE_EXECUTABLE && type != TYPE_SHARED) {
      throw new ElfException("not a program, but ELF type " + type);
    }
    if (file.getInt(20) != 1) {
      throw new ElfException("unknown ELF version " + file.getInt(20));
    }
    long headersOffset = file.getLong(32);
    int headerSize = Short.toUnsignedInt(file.getShort(54));
    int headerCount = Short.toUnsignedInt(file.getShort(56));
    if (headerCount == 0) {
      throw new ElfException("no program headers: nothing to load");
    }
    if (headerSize != HEADER_BYTES) {
      throw new ElfException("program headers of " + headerSize + " bytes instead of 56");
    }
    if (headersOffset < 0 || headersOffset > bytes.length - (long) headerCount * HEADER_BYTES) {
      throw new ElfException("truncated: the program headers are beyond the end of the file");
    }
    long bias = type == TYPE_SHARED ? MemoryLayout.PIE_BASE : 0;
    List<ElfSegment> segments = segments(file, (int) headersOffset, headerCount, bias);
    long entry = file.getLong(24) + bias;
    if (segments.stream().noneMatch(s -> s.isExecutable() && s.range().contains(entry))) {
      throw new ElfException(
          String.format(Locale.ROOT, "its entry point 0x%x is not in executable code", entry));
    }
    return new ElfFile(
        bytes, entry, segments, headersAddress(segments, headersOffset), headerCount);
  }

  private static void checkIdentity(ByteBuffer file) throws ElfException {
    if (file.limit() < Integer.BYTES || file.getInt(0) != MAGIC) {
      throw new ElfException(
          file.limit() == 0 ? "an empty file, not an ELF program" : "not an ELF program");
    }
    if (file.limit() < FILE_HEADER_BYTES) {
      throw new ElfException(
          "truncated: " + file.limit() + " bytes are not even an ELF header (64 bytes)");
    }
    boolean isLittleEndian = file.get(5) == LITTLE_ENDIAN;
    int machine =
        Short.toUnsignedInt(
            isLittleEndian ? file.getShort(18) : Short.reverseBytes(file.getShort(18)));
    if (machine != RISCV) {
      throw new ElfException(
          "a program for "
              + MACHINES.getOrDefault(machine, "ELF machine " + machine)
              + "; this emulator runs RISC-V");
    }
    if (file.get(4) != CLASS_64) {
      throw new ElfException("a 32-bit program; this emulator runs 64-bit RISC-V");
    }
    if (!isLittleEndian) {
      throw new ElfException("a big-endian program; this emulator runs little-endian RISC-V");
    }
  }

  private static List<ElfSegment> segments(ByteBuffer file, int offset, int count, long bias)
      throws ElfException {
    List<ElfSegment> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = offset + i * HEADER_BYTES;
      int type = file.getInt(at);
      if (type == INTERPRETER) {
        throw new ElfException("dynamically linked; link it with -static");
      }
      ElfSegment segment =
          new ElfSegment(
              file.getLong(at + 16),
              file.getLong(at + 40),
              file.getLong(at + 8),
              file.getLong(at + 32),
              file.getInt(at + 4));
      if (type == LOAD && segment.memoryBytes() != 0) {
        check(segment, i, file.limit(), bias);
        segments.add(segment.movedBy(bias));
      }
    }
    if (segments.isEmpty()) {
      throw new ElfException("no PT_LOAD segment: nothing to load");
    }
    segments.sort(Comparator.comparingLong(ElfSegment::address));
    for (int i = 1; i < segments.size(); i++) {
      if (segments.get(i - 1).range().overlaps(segments.get(i).range())) {
        throw new ElfException(
            String.format(Locale.ROOT, "its segments overlap at 0x%x", segments.get(i).address()));
      }
    }
    return List.copyOf(segments);
  }

  private static void check(ElfSegment segment, int number, int fileBytes, long bias)
      throws ElfException {
    long lowest = bias == 0 ? UserAddresses.LOWEST : 0;
    long end = MemoryLayout.PROGRAM_END - bias;
    if (segment.memoryBytes() < 0
        || segment.address() < lowest
        || segment.address() > end
        || segment.memoryBytes() > end - segment.address()) {
      throw new ElfException(
          String.format(
              Locale.ROOT,
              "segment %d lies outside user memory: 0x%x bytes at 0x%x",
              number,
              segment.memoryBytes(),
              segment.address()));
    }
    if (segment.fileBytes() < 0 || segment.fileBytes() > segment.memoryBytes()) {
      throw new ElfException("segment " + number + " has more content than memory");
    }
    if (segment.fileOffset() < 0 || segment.fileOffset() > fileBytes - segment.fileBytes()) {
      throw new ElfException("truncated: segment " + number + " is beyond the end of the file");
    }
  }

  private static long headersAddress(List<ElfSegment> segments, long headersOffset) {
    for (ElfSegment segment : segments) {
      long within = headersOffset - segment.fileOffset();
      if (within >= 0 && within < segment.fileBytes()) {
        return segment.address() + within;
      }
    }
    return 0;
  }
}
