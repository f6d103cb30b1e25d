/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import java.lang.reflect.Field;
import java.util.Locale;

/**
 * The operations of the decoded form: compile-time constants, so that a switch over them becomes a
 * jump table.
 *
 * <p>The order carries meaning: operations that print alike stand together, and the {@code _D}
 * groups of A and of F repeat the order of their single-word twins.
 */
final class Opcode {
  // Not instructions, or without operands.
  static final int END_OF_BLOCK = 0;
  static final int ILLEGAL = 1;
  static final int ECALL = 2;
  static final int EBREAK = 3;
  static final int FENCE = 4;
  static final int FENCE_I = 5;

  // Upper immediates and jumps; AUIPC, JAL and the branches hold offsets from the block's start.
  static final int LUI = 6;
  static final int AUIPC = 7;
  static final int JAL = 8;
  static final int JALR = 9;

  // Conditional branches.
  static final int BEQ = 10;
  static final int BNE = 11;
  static final int BLT = 12;
  static final int BGE = 13;
  static final int BLTU = 14;
  static final int BGEU = 15;

  // Loads.
  static final int LB = 16;
  static final int LH = 17;
  static final int LW = 18;
  static final int LD = 19;
  static final int LBU = 20;
  static final int LHU = 21;
  static final int LWU = 22;
  static final int FLW = 23;
  static final int FLD = 24;

  // Stores.
  static final int SB = 25;
  static final int SH = 26;
  static final int SW = 27;
  static final int SD = 28;
  static final int FSW = 29;
  static final int FSD = 30;

  // Register and immediate.
  static final int ADDI = 31;
  static final int SLTI = 32;
  static final int SLTIU = 33;
  static final int XORI = 34;
  static final int ORI = 35;
  static final int ANDI = 36;
  static final int SLLI = 37;
  static final int SRLI = 38;
  static final int SRAI = 39;
  static final int ADDIW = 40;
  static final int SLLIW = 41;
  static final int SRLIW = 42;
  static final int SRAIW = 43;

  // Register and register.
  static final int ADD = 44;
  static final int SUB = 45;
  static final int SLL = 46;
  static final int SLT = 47;
  static final int SLTU = 48;
  static final int XOR = 49;
  static final int SRL = 50;
  static final int SRA = 51;
  static final int OR = 52;
  static final int AND = 53;
  static final int ADDW = 54;
  static final int SUBW = 55;
  static final int SLLW = 56;
  static final int SRLW = 57;
  static final int SRAW = 58;

  // M: multiplication and division.
  static final int MUL = 59;
  static final int MULH = 60;
  static final int MULHSU = 61;
  static final int MULHU = 62;
  static final int DIV = 63;
  static final int DIVU = 64;
  static final int REM = 65;
  static final int REMU = 66;
  static final int MULW = 67;
  static final int DIVW = 68;
  static final int DIVUW = 69;
  static final int REMW = 70;
  static final int REMUW = 71;

  // Zicsr.
  static final int CSRRW = 72;
  static final int CSRRS = 73;
  static final int CSRRC = 74;
  static final int CSRRWI = 75;
  static final int CSRRSI = 76;
  static final int CSRRCI = 77;

  // A: atomics on words.
  static final int LR_W = 78;
  static final int SC_W = 79;
  static final int AMOSWAP_W = 80;
  static final int AMOADD_W = 81;
  static final int AMOXOR_W = 82;
  static final int AMOAND_W = 83;
  static final int AMOOR_W = 84;
  static final int AMOMIN_W = 85;
  static final int AMOMAX_W = 86;
  static final int AMOMINU_W = 87;
  static final int AMOMAXU_W = 88;

  // A: atomics on doublewords, in the order of the words.
  static final int LR_D = 89;
  static final int SC_D = 90;
  static final int AMOSWAP_D = 91;
  static final int AMOADD_D = 92;
  static final int AMOXOR_D = 93;
  static final int AMOAND_D = 94;
  static final int AMOOR_D = 95;
  static final int AMOMIN_D = 96;
  static final int AMOMAX_D = 97;
  static final int AMOMINU_D = 98;
  static final int AMOMAXU_D = 99;

  // F: single precision.
  static final int FMADD_S = 100;
  static final int FMSUB_S = 101;
  static final int FNMSUB_S = 102;
  static final int FNMADD_S = 103;
  static final int FADD_S = 104;
  static final int FSUB_S = 105;
  static final int FMUL_S = 106;
  static final int FDIV_S = 107;
  static final int FSQRT_S = 108;
  static final int FSGNJ_S = 109;
  static final int FSGNJN_S = 110;
  static final int FSGNJX_S = 111;
  static final int FMIN_S = 112;
  static final int FMAX_S = 113;
  static final int FCVT_W_S = 114;
  static final int FCVT_WU_S = 115;
  static final int FCVT_L_S = 116;
  static final int FCVT_LU_S = 117;
  static final int FMV_X_W = 118;
  static final int FEQ_S = 119;
  static final int FLT_S = 120;
  static final int FLE_S = 121;
  static final int FCLASS_S = 122;
  static final int FCVT_S_W = 123;
  static final int FCVT_S_WU = 124;
  static final int FCVT_S_L = 125;
  static final int FCVT_S_LU = 126;
  static final int FMV_W_X = 127;
  static final int FCVT_S_D = 128;

  // D: double precision, in the order of F.
  static final int FMADD_D = 129;
  static final int FMSUB_D = 130;
  static final int FNMSUB_D = 131;
  static final int FNMADD_D = 132;
  static final int FADD_D = 133;
  static final int FSUB_D = 134;
  static final int FMUL_D = 135;
  static final int FDIV_D = 136;
  static final int FSQRT_D = 137;
  static final int FSGNJ_D = 138;
  static final int FSGNJN_D = 139;
  static final int FSGNJX_D = 140;
  static final int FMIN_D = 141;
  static final int FMAX_D = 142;
  static final int FCVT_W_D = 143;
  static final int FCVT_WU_D = 144;
  static final int FCVT_L_D = 145;
  static final int FCVT_LU_D = 146;
  static final int FMV_X_D = 147;
  static final int FEQ_D = 148;
  static final int FLT_D = 149;
  static final int FLE_D = 150;
  static final int FCLASS_D = 151;
  static final int FCVT_D_W = 152;
  static final int FCVT_D_WU = 153;
  static final int FCVT_D_L = 154;
  static final int FCVT_D_LU = 155;
  static final int FMV_D_X = 156;
  static final int FCVT_D_S = 157;

  /** How many operations there are. */
  static final int COUNT = 158;

  private static final String[] MNEMONICS = readMnemonics();

  private Opcode() {}

  /** The assembler's name of an operation, such as {@code fcvt.w.s}. */
  static String mnemonic(int opcode) {
    return MNEMONICS[opcode];
  }

  /** The names of the constants are the mnemonics, with an underscore for each dot. */
  private static String[] readMnemonics() {
    String[] mnemonics = new String[COUNT];
    try {
      for (Field field : Opcode.class.getDeclaredFields()) {
        if (field.getType() == int.class && !field.getName().equals("COUNT")) {
          mnemonics[field.getInt(null)] =
              field.getName().toLowerCase(Locale.ROOT).replace('_', '.');
        }
      }
    } catch (IllegalAccessException e) {
      throw new AssertionError("own constants are readable", e);
    }
    return mnemonics;
  }
}
