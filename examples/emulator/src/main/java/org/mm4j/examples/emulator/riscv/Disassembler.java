/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import java.util.Locale;

/** Turns one instruction into text in the assembler's order of operands, for crash reports. */
public final class Disassembler {
  private static final String[] ROUNDING_MODES = {"rne", "rtz", "rdn", "rup", "rmm", "5", "6", ""};

  private Disassembler() {}

  /**
   * Disassembles one instruction.
   *
   * @param address where it is, for the targets of jumps
   * @param bits the instruction; of a compressed one the lower half
   */
  public static String disassemble(long address, int bits) {
    boolean isCompressed = (bits & 3) != 3;
    long instruction = isCompressed ? CompressedDecoder.decode(bits) : Decoder.decode(bits);
    int opcode = Instruction.opcode(instruction);
    if (opcode == Opcode.ILLEGAL) {
      return isCompressed
          ? String.format(Locale.ROOT, "illegal 0x%04x", bits & 0xffff)
          : String.format(Locale.ROOT, "illegal 0x%08x", bits);
    }
    String operands = operands(opcode, instruction, address);
    return operands.isEmpty() ? Opcode.mnemonic(opcode) : Opcode.mnemonic(opcode) + ' ' + operands;
  }

  private static String operands(int opcode, long instruction, long address) {
    int lower = (int) instruction;
    int immediate = Instruction.immediate(instruction);
    String rd = integer(Instruction.rd(lower) & 31);
    String rs1 = integer(Instruction.rs1(lower));
    String rs2 = integer(Instruction.rs2(lower));
    if (opcode <= Opcode.FENCE_I) {
      return "";
    }
    if (opcode <= Opcode.AUIPC) {
      return rd + String.format(Locale.ROOT, ", 0x%x", immediate >>> 12);
    }
    if (opcode == Opcode.JAL) {
      return rd + ", 0x" + Long.toHexString(address + immediate);
    }
    if (opcode == Opcode.JALR) {
      return rd + ", " + immediate + '(' + rs1 + ')';
    }
    if (opcode <= Opcode.BGEU) {
      return rs1 + ", " + rs2 + ", 0x" + Long.toHexString(address + immediate);
    }
    if (opcode <= Opcode.FLD) {
      boolean isFloat = opcode >= Opcode.FLW;
      String to = isFloat ? floating(Instruction.rd(lower)) : rd;
      return to + ", " + immediate + '(' + rs1 + ')';
    }
    if (opcode <= Opcode.FSD) {
      boolean isFloat = opcode >= Opcode.FSW;
      String from = isFloat ? floating(Instruction.rs2(lower)) : rs2;
      return from + ", " + immediate + '(' + rs1 + ')';
    }
    if (opcode <= Opcode.SRAIW) {
      return rd + ", " + rs1 + ", " + immediate;
    }
    if (opcode <= Opcode.REMUW) {
      return rd + ", " + rs1 + ", " + rs2;
    }
    if (opcode <= Opcode.CSRRCI) {
      String source = opcode >= Opcode.CSRRWI ? "" + Instruction.rs1(lower) : rs1;
      return rd + String.format(Locale.ROOT, ", 0x%03x, ", immediate) + source;
    }
    if (opcode <= Opcode.AMOMAXU_D) {
      boolean isLoad = opcode == Opcode.LR_W || opcode == Opcode.LR_D;
      return isLoad ? rd + ", (" + rs1 + ')' : rd + ", " + rs2 + ", (" + rs1 + ')';
    }
    return floatOperands(opcode, instruction);
  }

  private static String floatOperands(int opcode, long instruction) {
    int lower = (int) instruction;
    int immediate = Instruction.immediate(instruction);
    int single = opcode >= Opcode.FMADD_D ? opcode - Opcode.FMADD_D + Opcode.FMADD_S : opcode;
    String rd = floating(Instruction.rd(lower) & 31);
    String rs1 = floating(Instruction.rs1(lower));
    String rs2 = floating(Instruction.rs2(lower));
    String mode = ROUNDING_MODES[Instruction.roundingMode(immediate)];
    String suffix = mode.isEmpty() ? "" : ", " + mode;
    if (single <= Opcode.FNMADD_S) {
      String rs3 = floating(Instruction.rs3(immediate));
      return String.join(", ", rd, rs1, rs2, rs3) + suffix;
    }
    return switch (single) {
      case Opcode.FADD_S, Opcode.FSUB_S, Opcode.FMUL_S, Opcode.FDIV_S ->
          rd + ", " + rs1 + ", " + rs2 + suffix;
      case Opcode.FSQRT_S, Opcode.FCVT_S_D -> rd + ", " + rs1 + suffix;
      case Opcode.FCVT_W_S, Opcode.FCVT_WU_S, Opcode.FCVT_L_S, Opcode.FCVT_LU_S ->
          integer(Instruction.rd(lower) & 31) + ", " + rs1 + suffix;
      case Opcode.FMV_X_W, Opcode.FCLASS_S -> integer(Instruction.rd(lower) & 31) + ", " + rs1;
      case Opcode.FEQ_S, Opcode.FLT_S, Opcode.FLE_S ->
          integer(Instruction.rd(lower) & 31) + ", " + rs1 + ", " + rs2;
      case Opcode.FCVT_S_W, Opcode.FCVT_S_WU, Opcode.FCVT_S_L, Opcode.FCVT_S_LU ->
          rd + ", " + integer(Instruction.rs1(lower)) + suffix;
      case Opcode.FMV_W_X -> rd + ", " + integer(Instruction.rs1(lower));
      default -> rd + ", " + rs1 + ", " + rs2;
    };
  }

  private static String integer(int number) {
    return RegisterDump.integerName(number);
  }

  private static String floating(int number) {
    return RegisterDump.floatName(number);
  }
}
