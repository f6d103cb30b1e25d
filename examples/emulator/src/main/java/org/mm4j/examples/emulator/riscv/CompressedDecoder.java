/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import static org.mm4j.examples.emulator.riscv.Instruction.pack;
import static org.mm4j.examples.emulator.riscv.Instruction.packInteger;

/**
 * Expands the two-byte instructions of RV64DC into the same decoded form.
 *
 * <p>Reserved encodings are illegal; hints (a destination of x0, a shift by zero) do nothing.
 */
final class CompressedDecoder {
  private static final int ZERO = 0;
  private static final int RA = 1;
  private static final int SP = 2;

  private CompressedDecoder() {}

  /** Decodes one parcel whose two lowest bits are not both set; never fails. */
  static long decode(int parcel) {
    int bits = parcel & 0xffff;
    long expanded =
        switch (bits & 3) {
          case 0 -> quadrant0(bits);
          case 1 -> quadrant1(bits);
          default -> quadrant2(bits);
        };
    return Instruction.compressed(expanded);
  }

  private static long quadrant0(int bits) {
    int rs1 = shortRegister(bits >>> 7);
    int other = shortRegister(bits >>> 2);
    return switch (bits >>> 13) {
      case 0 -> addImmediateToStackPointer(bits, other);
      case 1 -> pack(Opcode.FLD, other, rs1, 0, doubleOffset(bits));
      case 2 -> packInteger(Opcode.LW, other, rs1, 0, wordOffset(bits));
      case 3 -> packInteger(Opcode.LD, other, rs1, 0, doubleOffset(bits));
      case 5 -> pack(Opcode.FSD, 0, rs1, other, doubleOffset(bits));
      case 6 -> pack(Opcode.SW, 0, rs1, other, wordOffset(bits));
      case 7 -> pack(Opcode.SD, 0, rs1, other, doubleOffset(bits));
      default -> Decoder.illegal(bits);
    };
  }

  private static long addImmediateToStackPointer(int bits, int rd) {
    int immediate =
        (bits >>> 11 & 3) << 4
            | (bits >>> 7 & 0xf) << 6
            | (bits >>> 6 & 1) << 2
            | (bits >>> 5 & 1) << 3;
    return immediate == 0 ? Decoder.illegal(bits) : packInteger(Opcode.ADDI, rd, SP, 0, immediate);
  }

  private static long quadrant1(int bits) {
    int rd = bits >>> 7 & 31;
    int immediate = signedImmediate(bits);
    return switch (bits >>> 13) {
      case 0 -> packInteger(Opcode.ADDI, rd, rd, 0, immediate);
      case 1 -> rd == 0 ? Decoder.illegal(bits) : packInteger(Opcode.ADDIW, rd, rd, 0, immediate);
      case 2 -> packInteger(Opcode.ADDI, rd, ZERO, 0, immediate);
      case 3 -> rd == SP ? adjustStackPointer(bits) : loadUpper(bits, rd, immediate);
      case 4 -> arithmetic(bits);
      case 5 -> packInteger(Opcode.JAL, ZERO, 0, 0, jumpOffset(bits));
      case 6 -> pack(Opcode.BEQ, 0, shortRegister(bits >>> 7), ZERO, branchOffset(bits));
      default -> pack(Opcode.BNE, 0, shortRegister(bits >>> 7), ZERO, branchOffset(bits));
    };
  }

  private static long loadUpper(int bits, int rd, int immediate) {
    return immediate == 0
        ? Decoder.illegal(bits)
        : packInteger(Opcode.LUI, rd, 0, 0, immediate << 12);
  }

  private static long adjustStackPointer(int bits) {
    int immediate =
        -(bits >>> 12 & 1) << 9
            | (bits >>> 6 & 1) << 4
            | (bits >>> 5 & 1) << 6
            | (bits >>> 3 & 3) << 7
            | (bits >>> 2 & 1) << 5;
    return immediate == 0 ? Decoder.illegal(bits) : packInteger(Opcode.ADDI, SP, SP, 0, immediate);
  }

  private static long arithmetic(int bits) {
    int rd = shortRegister(bits >>> 7);
    return switch (bits >>> 10 & 3) {
      case 0 -> packInteger(Opcode.SRLI, rd, rd, 0, shift(bits));
      case 1 -> packInteger(Opcode.SRAI, rd, rd, 0, shift(bits));
      case 2 -> packInteger(Opcode.ANDI, rd, rd, 0, signedImmediate(bits));
      default -> {
        int opcode =
            switch ((bits >>> 10 & 4) | (bits >>> 5 & 3)) {
              case 0 -> Opcode.SUB;
              case 1 -> Opcode.XOR;
              case 2 -> Opcode.OR;
              case 3 -> Opcode.AND;
              case 4 -> Opcode.SUBW;
              case 5 -> Opcode.ADDW;
              default -> Opcode.ILLEGAL;
            };
        yield opcode == Opcode.ILLEGAL
            ? Decoder.illegal(bits)
            : packInteger(opcode, rd, rd, shortRegister(bits >>> 2), 0);
      }
    };
  }

  private static long quadrant2(int bits) {
    int rd = bits >>> 7 & 31;
    int rs2 = bits >>> 2 & 31;
    return switch (bits >>> 13) {
      case 0 -> packInteger(Opcode.SLLI, rd, rd, 0, shift(bits));
      case 1 -> pack(Opcode.FLD, rd, SP, 0, doubleStackLoadOffset(bits));
      case 2 ->
          rd == 0
              ? Decoder.illegal(bits)
              : packInteger(Opcode.LW, rd, SP, 0, wordStackLoadOffset(bits));
      case 3 ->
          rd == 0
              ? Decoder.illegal(bits)
              : packInteger(Opcode.LD, rd, SP, 0, doubleStackLoadOffset(bits));
      case 4 -> jumpMoveOrAdd(bits, rd, rs2);
      case 5 -> pack(Opcode.FSD, 0, SP, rs2, doubleStackStoreOffset(bits));
      case 6 -> pack(Opcode.SW, 0, SP, rs2, wordStackStoreOffset(bits));
      default -> pack(Opcode.SD, 0, SP, rs2, doubleStackStoreOffset(bits));
    };
  }

  private static long jumpMoveOrAdd(int bits, int rd, int rs2) {
    boolean bit12 = (bits >>> 12 & 1) != 0;
    if (rs2 != 0) {
      return packInteger(Opcode.ADD, rd, bit12 ? rd : ZERO, rs2, 0);
    }
    if (rd != 0) {
      return packInteger(Opcode.JALR, bit12 ? RA : ZERO, rd, 0, 0);
    }
    return bit12 ? pack(Opcode.EBREAK, 0, 0, 0, 0) : Decoder.illegal(bits);
  }

  /** One of x8..x15 or f8..f15 from the three lowest bits. */
  private static int shortRegister(int bits) {
    return 8 + (bits & 7);
  }

  private static int shift(int bits) {
    return (bits >>> 12 & 1) << 5 | (bits >>> 2 & 31);
  }

  private static int signedImmediate(int bits) {
    return -(bits >>> 12 & 1) << 5 | (bits >>> 2 & 31);
  }

  private static int wordOffset(int bits) {
    return (bits >>> 10 & 7) << 3 | (bits >>> 6 & 1) << 2 | (bits >>> 5 & 1) << 6;
  }

  private static int doubleOffset(int bits) {
    return (bits >>> 10 & 7) << 3 | (bits >>> 5 & 3) << 6;
  }

  private static int wordStackLoadOffset(int bits) {
    return (bits >>> 12 & 1) << 5 | (bits >>> 4 & 7) << 2 | (bits >>> 2 & 3) << 6;
  }

  private static int doubleStackLoadOffset(int bits) {
    return (bits >>> 12 & 1) << 5 | (bits >>> 5 & 3) << 3 | (bits >>> 2 & 7) << 6;
  }

  private static int wordStackStoreOffset(int bits) {
    return (bits >>> 9 & 0xf) << 2 | (bits >>> 7 & 3) << 6;
  }

  private static int doubleStackStoreOffset(int bits) {
    return (bits >>> 10 & 7) << 3 | (bits >>> 7 & 7) << 6;
  }

  private static int branchOffset(int bits) {
    return -(bits >>> 12 & 1) << 8
        | (bits >>> 10 & 3) << 3
        | (bits >>> 5 & 3) << 6
        | (bits >>> 3 & 3) << 1
        | (bits >>> 2 & 1) << 5;
  }

  private static int jumpOffset(int bits) {
    return -(bits >>> 12 & 1) << 11
        | (bits >>> 11 & 1) << 4
        | (bits >>> 9 & 3) << 8
        | (bits >>> 8 & 1) << 10
        | (bits >>> 7 & 1) << 6
        | (bits >>> 6 & 1) << 7
        | (bits >>> 3 & 7) << 1
        | (bits >>> 2 & 1) << 5;
  }
}
