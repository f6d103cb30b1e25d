/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import static org.mm4j.examples.emulator.riscv.Instruction.pack;
import static org.mm4j.examples.emulator.riscv.Instruction.packInteger;

/**
 * Decodes the four-byte instructions of RV64IMAFD, Zicsr and Zifencei.
 *
 * <p>Whatever the unprivileged specification reserves is {@link Opcode#ILLEGAL}. Static rounding
 * modes are checked here, dynamic ones when the instruction runs.
 */
final class Decoder {
  private static final int RESERVED = Opcode.ILLEGAL;

  private static final int[] BRANCHES = {
    Opcode.BEQ, Opcode.BNE, RESERVED, RESERVED, Opcode.BLT, Opcode.BGE, Opcode.BLTU, Opcode.BGEU
  };
  private static final int[] LOADS = {
    Opcode.LB, Opcode.LH, Opcode.LW, Opcode.LD, Opcode.LBU, Opcode.LHU, Opcode.LWU, RESERVED
  };
  private static final int[] STORES = {
    Opcode.SB, Opcode.SH, Opcode.SW, Opcode.SD, RESERVED, RESERVED, RESERVED, RESERVED
  };
  private static final int[] OP_IMM = {
    Opcode.ADDI, Opcode.SLLI, Opcode.SLTI, Opcode.SLTIU,
    Opcode.XORI, Opcode.SRLI, Opcode.ORI, Opcode.ANDI
  };
  private static final int[] OP = {
    Opcode.ADD, Opcode.SLL, Opcode.SLT, Opcode.SLTU, Opcode.XOR, Opcode.SRL, Opcode.OR, Opcode.AND
  };
  private static final int[] OP_MULTIPLY = {
    Opcode.MUL, Opcode.MULH, Opcode.MULHSU, Opcode.MULHU,
    Opcode.DIV, Opcode.DIVU, Opcode.REM, Opcode.REMU
  };
  private static final int[] OP_32_MULTIPLY = {
    Opcode.MULW, RESERVED, RESERVED, RESERVED, Opcode.DIVW, Opcode.DIVUW, Opcode.REMW, Opcode.REMUW
  };
  private static final int[] CSR = {
    RESERVED, Opcode.CSRRW, Opcode.CSRRS, Opcode.CSRRC,
    RESERVED, Opcode.CSRRWI, Opcode.CSRRSI, Opcode.CSRRCI
  };

  private Decoder() {}

  /** Decodes one word whose two lowest bits are set; never fails. */
  static long decode(int word) {
    return switch (word >>> 2 & 31) {
      case 0x00 -> integer(LOADS[funct3(word)], word, 0, immediateI(word));
      case 0x01 -> floatLoad(word);
      case 0x03 -> fence(word);
      case 0x04 -> immediateOperation(word);
      case 0x05 -> integer(Opcode.AUIPC, word, 0, word & 0xffff_f000);
      case 0x06 -> immediateWordOperation(word);
      case 0x08 -> store(STORES[funct3(word)], word);
      case 0x09 -> floatStore(word);
      case 0x0b -> atomic(word);
      case 0x0c -> registerOperation(word);
      case 0x0d -> integer(Opcode.LUI, word, 0, word & 0xffff_f000);
      case 0x0e -> registerWordOperation(word);
      case 0x10, 0x11, 0x12, 0x13 -> fusedMultiplyAdd(word);
      case 0x14 -> floatOperation(word);
      case 0x18 -> branch(word);
      case 0x19 ->
          funct3(word) == 0 ? integer(Opcode.JALR, word, 0, immediateI(word)) : illegal(word);
      case 0x1b -> integer(Opcode.JAL, word, 0, immediateJ(word));
      case 0x1c -> system(word);
      default -> illegal(word);
    };
  }

  /** An instruction that traps; its immediate holds the bits. */
  static long illegal(int bits) {
    return pack(Opcode.ILLEGAL, 0, 0, 0, bits);
  }

  private static long integer(int opcode, int word, int rs2, int immediate) {
    return opcode == RESERVED
        ? illegal(word)
        : packInteger(opcode, rd(word), rs1(word), rs2, immediate);
  }

  private static long floatLoad(int word) {
    return switch (funct3(word)) {
      case 2 -> pack(Opcode.FLW, rd(word), rs1(word), 0, immediateI(word));
      case 3 -> pack(Opcode.FLD, rd(word), rs1(word), 0, immediateI(word));
      default -> illegal(word);
    };
  }

  private static long floatStore(int word) {
    return switch (funct3(word)) {
      case 2 -> store(Opcode.FSW, word);
      case 3 -> store(Opcode.FSD, word);
      default -> illegal(word);
    };
  }

  private static long store(int opcode, int word) {
    return opcode == RESERVED
        ? illegal(word)
        : pack(opcode, 0, rs1(word), rs2(word), word >> 25 << 5 | rd(word));
  }

  private static long branch(int word) {
    int opcode = BRANCHES[funct3(word)];
    return opcode == RESERVED
        ? illegal(word)
        : pack(opcode, 0, rs1(word), rs2(word), immediateB(word));
  }

  private static long fence(int word) {
    return switch (funct3(word)) {
      case 0 -> pack(Opcode.FENCE, 0, 0, 0, 0);
      case 1 -> pack(Opcode.FENCE_I, 0, 0, 0, 0);
      default -> illegal(word);
    };
  }

  private static long immediateOperation(int word) {
    int opcode = OP_IMM[funct3(word)];
    int funct6 = word >>> 26;
    int shift = word >>> 20 & 63;
    return switch (opcode) {
      case Opcode.SLLI -> funct6 == 0 ? integer(opcode, word, 0, shift) : illegal(word);
      case Opcode.SRLI ->
          switch (funct6) {
            case 0x00 -> integer(Opcode.SRLI, word, 0, shift);
            case 0x10 -> integer(Opcode.SRAI, word, 0, shift);
            default -> illegal(word);
          };
      default -> integer(opcode, word, 0, immediateI(word));
    };
  }

  private static long immediateWordOperation(int word) {
    int shift = rs2(word);
    return switch (funct3(word) << 7 | funct7(word)) {
      case 1 << 7 -> integer(Opcode.SLLIW, word, 0, shift);
      case 5 << 7 -> integer(Opcode.SRLIW, word, 0, shift);
      case 5 << 7 | 0x20 -> integer(Opcode.SRAIW, word, 0, shift);
      default ->
          funct3(word) == 0 ? integer(Opcode.ADDIW, word, 0, immediateI(word)) : illegal(word);
    };
  }

  private static long registerOperation(int word) {
    int opcode =
        switch (funct7(word)) {
          case 0x00 -> OP[funct3(word)];
          case 0x01 -> OP_MULTIPLY[funct3(word)];
          case 0x20 ->
              switch (funct3(word)) {
                case 0 -> Opcode.SUB;
                case 5 -> Opcode.SRA;
                default -> RESERVED;
              };
          default -> RESERVED;
        };
    return integer(opcode, word, rs2(word), 0);
  }

  private static long registerWordOperation(int word) {
    int opcode =
        switch (funct7(word) << 3 | funct3(word)) {
          case 0 -> Opcode.ADDW;
          case 1 -> Opcode.SLLW;
          case 5 -> Opcode.SRLW;
          case 0x20 << 3 -> Opcode.SUBW;
          case 0x20 << 3 | 5 -> Opcode.SRAW;
          default -> funct7(word) == 1 ? OP_32_MULTIPLY[funct3(word)] : RESERVED;
        };
    return integer(opcode, word, rs2(word), 0);
  }

  private static long system(int word) {
    int opcode = CSR[funct3(word)];
    if (opcode != RESERVED) {
      return packInteger(opcode, rd(word), rs1(word), 0, word >>> 20);
    }
    return switch (word) {
      case 0x0000_0073 -> pack(Opcode.ECALL, 0, 0, 0, 0);
      case 0x0010_0073 -> pack(Opcode.EBREAK, 0, 0, 0, 0);
      default -> illegal(word);
    };
  }

  private static long atomic(int word) {
    int word32 =
        switch (word >>> 27) {
          case 0x00 -> Opcode.AMOADD_W;
          case 0x01 -> Opcode.AMOSWAP_W;
          case 0x02 -> rs2(word) == 0 ? Opcode.LR_W : RESERVED;
          case 0x03 -> Opcode.SC_W;
          case 0x04 -> Opcode.AMOXOR_W;
          case 0x08 -> Opcode.AMOOR_W;
          case 0x0c -> Opcode.AMOAND_W;
          case 0x10 -> Opcode.AMOMIN_W;
          case 0x14 -> Opcode.AMOMAX_W;
          case 0x18 -> Opcode.AMOMINU_W;
          case 0x1c -> Opcode.AMOMAXU_W;
          default -> RESERVED;
        };
    int ordering = word >>> 25 & 3;
    if (word32 == RESERVED) {
      return illegal(word);
    }
    return switch (funct3(word)) {
      case 2 -> integer(word32, word, rs2(word), ordering);
      case 3 -> integer(word32 - Opcode.LR_W + Opcode.LR_D, word, rs2(word), ordering);
      default -> illegal(word);
    };
  }

  private static long fusedMultiplyAdd(int word) {
    int single =
        switch (word >>> 2 & 3) {
          case 0 -> Opcode.FMADD_S;
          case 1 -> Opcode.FMSUB_S;
          case 2 -> Opcode.FNMSUB_S;
          default -> Opcode.FNMADD_S;
        };
    int format = word >>> 25 & 3;
    if (format > 1 || !isRoundingMode(funct3(word))) {
      return illegal(word);
    }
    int immediate = word >>> 27 << 3 | funct3(word);
    return pack(inFormat(single, format), rd(word), rs1(word), rs2(word), immediate);
  }

  private static long floatOperation(int word) {
    int format = funct7(word) & 3;
    if (format > 1) {
      return illegal(word);
    }
    return switch (funct7(word) >>> 2) {
      case 0x00 -> rounded(Opcode.FADD_S, format, word);
      case 0x01 -> rounded(Opcode.FSUB_S, format, word);
      case 0x02 -> rounded(Opcode.FMUL_S, format, word);
      case 0x03 -> rounded(Opcode.FDIV_S, format, word);
      case 0x0b -> rs2(word) == 0 ? rounded(Opcode.FSQRT_S, format, word) : illegal(word);
      case 0x04 -> selected(Opcode.FSGNJ_S, 3, format, word, false);
      case 0x05 -> selected(Opcode.FMIN_S, 2, format, word, false);
      case 0x08 -> rs2(word) == 1 - format ? rounded(Opcode.FCVT_S_D, format, word) : illegal(word);
      case 0x14 -> compare(format, word);
      case 0x18 -> convert(Opcode.FCVT_W_S, format, word, true);
      case 0x1a -> convert(Opcode.FCVT_S_W, format, word, false);
      case 0x1c ->
          switch (funct3(word) << 5 | rs2(word)) {
            case 0 -> selected(Opcode.FMV_X_W, 1, format, word, true);
            case 1 << 5 ->
                packInteger(inFormat(Opcode.FCLASS_S, format), rd(word), rs1(word), 0, 0);
            default -> illegal(word);
          };
      case 0x1e ->
          rs2(word) == 0 ? selected(Opcode.FMV_W_X, 1, format, word, false) : illegal(word);
      default -> illegal(word);
    };
  }

  /** An operation whose funct3 is a rounding mode and whose result is a floating-point number. */
  private static long rounded(int single, int format, int word) {
    return isRoundingMode(funct3(word))
        ? pack(inFormat(single, format), rd(word), rs1(word), rs2(word), funct3(word))
        : illegal(word);
  }

  /** One of {@code count} operations in a row, chosen by funct3. */
  private static long selected(
      int single, int count, int format, int word, boolean integerDestination) {
    if (funct3(word) >= count) {
      return illegal(word);
    }
    int opcode = inFormat(single + funct3(word), format);
    return integerDestination
        ? packInteger(opcode, rd(word), rs1(word), rs2(word), 0)
        : pack(opcode, rd(word), rs1(word), rs2(word), 0);
  }

  private static long compare(int format, int word) {
    int single =
        switch (funct3(word)) {
          case 0 -> Opcode.FLE_S;
          case 1 -> Opcode.FLT_S;
          case 2 -> Opcode.FEQ_S;
          default -> RESERVED;
        };
    return single == RESERVED
        ? illegal(word)
        : packInteger(inFormat(single, format), rd(word), rs1(word), rs2(word), 0);
  }

  /** Between integers and floating point; rs2 chooses w, wu, l or lu. */
  private static long convert(int single, int format, int word, boolean integerDestination) {
    if (rs2(word) > 3 || !isRoundingMode(funct3(word))) {
      return illegal(word);
    }
    int opcode = inFormat(single + rs2(word), format);
    return integerDestination
        ? packInteger(opcode, rd(word), rs1(word), 0, funct3(word))
        : pack(opcode, rd(word), rs1(word), 0, funct3(word));
  }

  private static int inFormat(int single, int format) {
    return format == 0 ? single : single - Opcode.FMADD_S + Opcode.FMADD_D;
  }

  private static boolean isRoundingMode(int field) {
    return field < 5 || field == RoundingMode.DYNAMIC;
  }

  private static int rd(int word) {
    return word >>> 7 & 31;
  }

  private static int rs1(int word) {
    return word >>> 15 & 31;
  }

  private static int rs2(int word) {
    return word >>> 20 & 31;
  }

  private static int funct3(int word) {
    return word >>> 12 & 7;
  }

  private static int funct7(int word) {
    return word >>> 25;
  }

  private static int immediateI(int word) {
    return word >> 20;
  }

  private static int immediateB(int word) {
    return word >> 31 << 12
        | (word >>> 7 & 1) << 11
        | (word >>> 25 & 0x3f) << 5
        | (word >>> 8 & 0xf) << 1;
  }

  private static int immediateJ(int word) {
    return word >> 31 << 20
        | (word >>> 12 & 0xff) << 12
        | (word >>> 20 & 1) << 11
        | (word >>> 21 & 0x3ff) << 1;
  }
}
