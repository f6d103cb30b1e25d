/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * A Linux program of random straight-line blocks. Each block loads all registers from a table, runs
 * some dozens of random instructions, and writes all registers, fcsr and a scratch memory to
 * standard output. The same bytes run in a hart and in any other RISC-V machine.
 *
 * <p>x31 points into the block's data all the time and is the base of all memory accesses.
 */
final class RandomProgram {
  static final long CODE = 0x1_0000;
  static final long DATA = 0x100_0000;

  /** What a block writes: scratch memory, x0..x31, f0..f31, fcsr. */
  static final int OUTPUT_BYTES = 1024 + 256 + 256 + 8;

  private static final int BLOCK_DATA_BYTES = 4096;
  private static final int SCRATCH_BYTES = 1024;
  private static final int X_OUT = 1024;
  private static final int F_OUT = 1280;
  private static final int FCSR_OUT = 1536;
  private static final int X_IN = 2048;
  private static final int F_IN = 2304;
  private static final int FCSR_IN = 2560;
  private static final int ORIGIN = 2048;
  private static final int BASE = 31;
  private static final int ADDRESS = 30;
  private static final int INSTRUCTIONS_PER_BLOCK = 48;

  private static final int[] ROUNDING_MODES = {0, 1, 2, 3, 4, 7};

  private static final long[] SPECIAL_DOUBLES = {
    0,
    1L << 63,
    0x3ff0000000000000L,
    0xbff0000000000000L,
    0x7ff0000000000000L,
    0xfff0000000000000L,
    0x7ff8000000000000L,
    0x7ff0000000000001L,
    0xfff8000000000123L,
    0x7ff4000000000000L,
    1,
    0x000fffffffffffffL,
    0x0010000000000000L,
    0x0010000000000001L,
    0x7fefffffffffffffL,
    0xffefffffffffffffL,
    0x8000000000000001L,
    0x3fe0000000000000L,
    0x3fdfffffffffffffL,
    0x4004000000000000L,
    0x43e0000000000000L,
    0xc3e0000000000000L,
    0x43f0000000000000L,
    0x41dfffffffc00000L,
    0x41e0000000000000L,
    0xc1e0000000200000L,
    0x3690000000000000L,
    0x380fffffffffffffL,
    0x36a0000000000000L,
    0x47efffffffffffffL,
    0x2000000000000000L,
    0x1fffffffffffffffL,
    0x3cb0000000000000L,
    0x4330000000000001L
  };

  private static final int[] SPECIAL_SINGLES = {
    0,
    1 << 31,
    0x3f800000,
    0xbf800000,
    0x7f800000,
    0xff800000,
    0x7fc00000,
    0x7f800001,
    0xffc12345,
    1,
    0x007fffff,
    0x00800000,
    0x00800001,
    0x7f7fffff,
    0xff7fffff,
    0x80000001,
    0x3f000000,
    0x3effffff,
    0x40200000,
    0x4f000000,
    0xcf000000,
    0x4f800000,
    0x5f000000,
    0x5f800000,
    0x1f800000,
    0x1fffffff,
    0x34000000,
    0x4b000001
  };

  private final Random random;
  private final int blockCount;
  private final Assembler assembler = new Assembler(CODE);
  private final ByteBuffer data;

  RandomProgram(long seed, int blockCount) {
    this.random = new Random(seed);
    this.blockCount = blockCount;
    this.data = ByteBuffer.allocate(blockCount * BLOCK_DATA_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int block = 0; block < blockCount; block++) {
      fillData(block * BLOCK_DATA_BYTES);
      emitBlock(DATA + (long) block * BLOCK_DATA_BYTES);
    }
    assembler.loadImmediate(17, 93).word(Assembler.addi(10, 0, 0), Assembler.ECALL);
  }

  int blockCount() {
    return blockCount;
  }

  byte[] code() {
    return assembler.bytes();
  }

  byte[] data() {
    return data.array();
  }

  /** The program as a static executable with a code and a data segment. */
  byte[] elf() {
    byte[] code = code();
    int dataOffset = 4096 + (code.length + 4095 & ~4095);
    ByteBuffer elf =
        ByteBuffer.allocate(dataOffset + data.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    elf.putShort((short) 2).putShort((short) 243).putInt(1).putLong(CODE);
    elf.putLong(64).putLong(0).putInt(5);
    elf.putShort((short) 64).putShort((short) 56).putShort((short) 2);
    elf.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    putSegment(elf, 5, 4096, CODE, code.length);
    putSegment(elf, 6, dataOffset, DATA, data.capacity());
    elf.position(4096).put(code);
    elf.position(dataOffset).put(data.array());
    return elf.array();
  }

  private static void putSegment(
      ByteBuffer elf, int flags, long offset, long address, long lengthBytes) {
    elf.putInt(1).putInt(flags).putLong(offset).putLong(address).putLong(address);
    elf.putLong(lengthBytes).putLong(lengthBytes).putLong(4096);
  }

  /** What stands at this offset of a block's output. */
  static String nameOfOutput(int offset) {
    if (offset < X_OUT) {
      return "m" + offset;
    }
    if (offset < F_OUT) {
      return "x" + (offset - X_OUT) / 8;
    }
    return offset < FCSR_OUT ? "f" + (offset - F_OUT) / 8 : "fcsr";
  }

  private void fillData(int at) {
    for (int i = 0; i < SCRATCH_BYTES; i += 8) {
      data.putLong(at + i, random.nextInt(3) == 0 ? special() : random.nextLong());
    }
    for (int i = 0; i < 32; i++) {
      data.putLong(at + X_IN + 8 * i, integer());
      data.putLong(at + F_IN + 8 * i, floating());
    }
    int flags = random.nextInt(3) == 0 ? random.nextInt(32) : 0;
    int mode = random.nextBoolean() ? 0 : random.nextInt(5);
    data.putLong(at + FCSR_IN, mode << 5 | flags);
  }

  private long integer() {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextInt(41) - 20;
      case 1 -> random.nextInt();
      case 2 -> 1L << random.nextInt(64);
      case 3 -> (1L << random.nextInt(64)) - 1;
      case 4 -> special();
      default -> random.nextLong();
    };
  }

  private long floating() {
    return switch (random.nextInt(8)) {
      case 0 -> special();
      case 1 -> FloatInstructions.box(SPECIAL_SINGLES[random.nextInt(SPECIAL_SINGLES.length)]);
      case 2 -> Double.doubleToRawLongBits(random.nextInt(2001) - 1000);
      case 3 -> FloatInstructions.box(Float.floatToRawIntBits(random.nextInt(2001) - 1000));
      case 4 -> Double.doubleToRawLongBits((4 * random.nextDouble() - 2));
      case 5 ->
          FloatInstructions.box(Float.floatToRawIntBits((float) (4 * random.nextDouble() - 2)));
      case 6 -> FloatInstructions.box(random.nextInt());
      default -> random.nextLong();
    };
  }

  private long special() {
    return SPECIAL_DOUBLES[random.nextInt(SPECIAL_DOUBLES.length)];
  }

  private void emitBlock(long data) {
    assembler.loadImmediate(BASE, (int) data + ORIGIN);
    assembler.word(Assembler.i(0x03, 3, 1, BASE, FCSR_IN - ORIGIN));
    assembler.word(Assembler.i(0x73, 1, 0, 1, 3));
    for (int i = 0; i < 32; i++) {
      assembler.word(Assembler.i(0x07, 3, i, BASE, F_IN + 8 * i - ORIGIN));
    }
    for (int i = 1; i < BASE; i++) {
      assembler.word(Assembler.i(0x03, 3, i, BASE, X_IN + 8 * i - ORIGIN));
    }
    for (int i = 0; i < INSTRUCTIONS_PER_BLOCK; i++) {
      emitRandom();
    }
    for (int i = 0; i < 32; i++) {
      assembler.word(Assembler.s(0x23, 3, BASE, i, X_OUT + 8 * i - ORIGIN));
      assembler.word(Assembler.s(0x27, 3, BASE, i, F_OUT + 8 * i - ORIGIN));
    }
    assembler.word(Assembler.i(0x73, 2, 1, 0, 3));
    assembler.word(Assembler.s(0x23, 3, BASE, 1, FCSR_OUT - ORIGIN));
    assembler.word(Assembler.addi(10, 0, 1), Assembler.addi(11, BASE, -ORIGIN));
    assembler.word(Assembler.addi(12, 0, OUTPUT_BYTES), Assembler.addi(17, 0, 64));
    assembler.word(Assembler.ECALL);
  }

  private void emitRandom() {
    switch (random.nextInt(16)) {
      case 0, 1 -> assembler.word(registerOperation());
      case 2 -> assembler.word(multiplication());
      case 3 -> assembler.word(immediateOperation());
      case 4 -> assembler.word(upperImmediate());
      case 5 -> assembler.word(loadOrStore());
      case 6 -> emitAtomic();
      case 7 -> emitSkip();
      case 8 -> emitCompressed();
      case 9 -> assembler.word(floatStatus());
      case 10 -> assembler.word(fusedMultiplyAdd());
      default -> assembler.word(floatOperation());
    }
  }

  /** Any register but the base. */
  private int destination() {
    return random.nextInt(BASE);
  }

  private int any() {
    return random.nextInt(32);
  }

  private int registerOperation() {
    int opcode = random.nextBoolean() ? 0x33 : 0x3b;
    int[] functions =
        opcode == 0x33
            ? new int[] {0, 1, 2, 3, 4, 5, 6, 7, 0x100, 0x105}
            : new int[] {0, 1, 5, 0x100, 0x105};
    int function = functions[random.nextInt(functions.length)];
    return Assembler.r(opcode, function & 7, function >>> 8 << 5, destination(), any(), any());
  }

  private int multiplication() {
    boolean isWord = random.nextInt(3) == 0;
    int[] functions = isWord ? new int[] {0, 4, 5, 6, 7} : new int[] {0, 1, 2, 3, 4, 5, 6, 7};
    return Assembler.r(
        isWord ? 0x3b : 0x33,
        functions[random.nextInt(functions.length)],
        1,
        destination(),
        any(),
        any());
  }

  private int immediateOperation() {
    int rd = destination();
    int rs1 = any();
    int immediate = random.nextInt(4096) - 2048;
    if (random.nextInt(3) == 0) {
      return switch (random.nextInt(4)) {
        case 0 -> Assembler.i(0x1b, 0, rd, rs1, immediate);
        case 1 -> Assembler.i(0x1b, 1, rd, rs1, random.nextInt(32));
        case 2 -> Assembler.i(0x1b, 5, rd, rs1, random.nextInt(32));
        default -> Assembler.i(0x1b, 5, rd, rs1, 0x400 | random.nextInt(32));
      };
    }
    int funct3 = random.nextInt(8);
    return switch (funct3) {
      case 1 -> Assembler.i(0x13, 1, rd, rs1, random.nextInt(64));
      case 5 -> Assembler.i(0x13, 5, rd, rs1, random.nextInt(2) << 10 | random.nextInt(64));
      default -> Assembler.i(0x13, funct3, rd, rs1, immediate);
    };
  }

  private int upperImmediate() {
    return Assembler.u(random.nextBoolean() ? 0x37 : 0x17, destination(), random.nextInt());
  }

  private int loadOrStore() {
    int offset = random.nextInt(SCRATCH_BYTES - 8) - ORIGIN;
    return switch (random.nextInt(6)) {
      case 0, 1 -> Assembler.i(0x03, random.nextInt(7), destination(), BASE, offset);
      case 2 -> Assembler.i(0x07, 2 + random.nextInt(2), any(), BASE, offset);
      case 3, 4 -> Assembler.s(0x23, random.nextInt(4), BASE, any(), offset);
      default -> Assembler.s(0x27, 2 + random.nextInt(2), BASE, any(), offset);
    };
  }

  private void emitAtomic() {
    int[] functions = {0, 1, 4, 8, 12, 16, 20, 24, 28};
    int width = 2 + random.nextInt(2);
    int ordering = random.nextInt(4);
    int offset = random.nextInt(SCRATCH_BYTES / 8) * 8 - ORIGIN;
    assembler.word(Assembler.addi(ADDRESS, BASE, offset));
    if (random.nextInt(3) != 0) {
      int funct7 = functions[random.nextInt(functions.length)] << 2 | ordering;
      assembler.word(Assembler.r(0x2f, width, funct7, destination(), ADDRESS, any()));
      return;
    }
    if (random.nextInt(4) != 0) {
      assembler.word(
          Assembler.r(0x2f, width, 2 << 2 | ordering, random.nextInt(ADDRESS), ADDRESS, 0));
    }
    assembler.word(
        Assembler.r(0x2f, width, 3 << 2 | ordering, random.nextInt(ADDRESS), ADDRESS, any()),
        Assembler.r(0x2f, width, 3 << 2 | ordering, random.nextInt(ADDRESS), ADDRESS, any()));
  }

  /** A branch or jump over one or two instructions of four bytes. */
  private void emitSkip() {
    int skipped = 1 + random.nextInt(2);
    int offset = 4 + 4 * skipped;
    int[] conditions = {0, 1, 4, 5, 6, 7};
    switch (random.nextInt(8)) {
      case 0 -> assembler.word(Assembler.j(destination(), offset));
      case 1 ->
          assembler.word(
              Assembler.u(0x17, ADDRESS, 0),
              Assembler.i(0x67, 0, destination(), ADDRESS, offset + 4 + random.nextInt(2)));
      default -> assembler.word(Assembler.b(conditions[random.nextInt(6)], any(), any(), offset));
    }
    for (int i = 0; i < skipped; i++) {
      assembler.word(random.nextBoolean() ? registerOperation() : floatOperation());
    }
  }

  /** Four compressed instructions, with sp and x9 as bases of their loads and stores. */
  private void emitCompressed() {
    assembler.word(Assembler.addi(2, BASE, -ORIGIN), Assembler.addi(9, BASE, -ORIGIN));
    int emitted = 0;
    while (emitted < 4) {
      int parcel = random.nextInt(1 << 16);
      if ((parcel & 3) != 3 && isHarmless(CompressedDecoder.decode(parcel))) {
        assembler.parcel(parcel);
        emitted++;
        if (Instruction.rd((int) CompressedDecoder.decode(parcel)) == 2
            || Instruction.rd((int) CompressedDecoder.decode(parcel)) == 9) {
          assembler.word(Assembler.addi(2, BASE, -ORIGIN), Assembler.addi(9, BASE, -ORIGIN));
        }
      }
    }
  }

  private static boolean isHarmless(long instruction) {
    int opcode = Instruction.opcode(instruction);
    int lower = (int) instruction;
    if (opcode >= Opcode.LB && opcode <= Opcode.FSD) {
      int base = Instruction.rs1(lower);
      boolean isFloat = opcode == Opcode.FLD || opcode == Opcode.FSD;
      boolean isStore = opcode >= Opcode.SB;
      return (base == 2 || base == 9) && (isStore || isFloat || Instruction.rd(lower) != BASE);
    }
    return (opcode == Opcode.LUI || (opcode >= Opcode.ADDI && opcode <= Opcode.SRAW))
        && Instruction.rd(lower) != BASE;
  }

  private int floatStatus() {
    return switch (random.nextInt(5)) {
      case 0 -> Assembler.i(0x73, 5, destination(), random.nextInt(5), 2);
      case 1 -> Assembler.i(0x73, 5, destination(), random.nextInt(32), 1);
      case 2 -> Assembler.i(0x73, 1 + random.nextInt(3), destination(), any(), 1);
      case 3 -> Assembler.i(0x73, 7, destination(), random.nextInt(32), 1);
      default -> Assembler.i(0x73, 2, destination(), 0, 3);
    };
  }

  private int roundingMode() {
    return random.nextBoolean() ? 7 : ROUNDING_MODES[random.nextInt(ROUNDING_MODES.length)];
  }

  private int fusedMultiplyAdd() {
    int opcode = 0x43 + 4 * random.nextInt(4);
    int funct7 = any() << 2 | random.nextInt(2);
    return Assembler.r(opcode, roundingMode(), funct7, any(), any(), any());
  }

  private int floatOperation() {
    int format = random.nextInt(2);
    int mode = roundingMode();
    return switch (random.nextInt(14)) {
      case 0 -> floating(0x00 | format, mode, any(), any());
      case 1 -> floating(0x04 | format, mode, any(), any());
      case 2 -> floating(0x08 | format, mode, any(), any());
      case 3 -> floating(0x0c | format, mode, any(), any());
      case 4 -> floating(0x2c | format, mode, any(), 0);
      case 5 -> floating(0x10 | format, random.nextInt(3), any(), any());
      case 6 -> floating(0x14 | format, random.nextInt(2), any(), any());
      case 7 -> floating(0x20 | format, mode, any(), 1 - format);
      case 8 -> floating(0x50 | format, random.nextInt(3), destination(), any());
      case 9, 10 -> floating(0x60 | format, mode, destination(), random.nextInt(4));
      case 11 -> floating(0x68 | format, mode, any(), random.nextInt(4));
      case 12 -> floating(0x70 | format, random.nextInt(2), destination(), 0);
      default -> floating(0x78 | format, 0, any(), 0);
    };
  }

  private int floating(int funct7, int funct3, int rd, int rs2) {
    return Assembler.r(0x53, funct3, funct7, rd, any(), rs2);
  }
}
