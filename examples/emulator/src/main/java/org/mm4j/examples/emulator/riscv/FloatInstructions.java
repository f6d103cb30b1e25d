/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import static org.mm4j.examples.emulator.riscv.FloatFormat.DOUBLE;
import static org.mm4j.examples.emulator.riscv.FloatFormat.SINGLE;
import static org.mm4j.examples.emulator.riscv.Instruction.rd;
import static org.mm4j.examples.emulator.riscv.Instruction.rs1;
import static org.mm4j.examples.emulator.riscv.Instruction.rs2;
import static org.mm4j.examples.emulator.riscv.Instruction.rs3;

/**
 * Executes the computational instructions of F and D: operands from the registers, NaN boxes
 * checked and made, the rounding mode resolved.
 */
final class FloatInstructions {
  /** The upper half of a register that holds a single-precision number. */
  private static final long BOX = 0xffff_ffff_0000_0000L;

  private static final int SINGLE_SIGN = 1 << 31;
  private static final long DOUBLE_SIGN = 1L << 63;

  private final long[] x;
  private final long[] f;
  private final FloatStatus status;
  private final FloatingPoint arithmetic;

  FloatInstructions(Hart hart) {
    this.x = hart.x;
    this.f = hart.f;
    this.status = hart.floatStatus;
    this.arithmetic = new FloatingPoint(status);
  }

  /** A register value that holds a single-precision number. */
  static long box(int single) {
    return BOX | (single & 0xffff_ffffL);
  }

  /** Executes one instruction; false if its rounding mode is dynamic and {@code frm} is not one. */
  boolean execute(long instruction) {
    int mode = Instruction.roundingMode(Instruction.immediate(instruction));
    if (mode == RoundingMode.DYNAMIC) {
      mode = status.roundingMode();
      if (mode > RoundingMode.RMM) {
        return false;
      }
    }
    if (Instruction.opcode(instruction) < Opcode.FMADD_D) {
      executeSingle(instruction, mode);
    } else {
      executeDouble(instruction, mode);
    }
    return true;
  }

  private void executeDouble(long instruction, int mode) {
    int lower = (int) instruction;
    int rd = rd(lower);
    long a = f[rs1(lower)];
    long b = f[rs2(lower)];
    switch (Instruction.opcode(instruction)) {
      case Opcode.FADD_D -> f[rd] = arithmetic.addDouble(a, b, mode);
      case Opcode.FSUB_D -> f[rd] = subtractDouble(a, b, mode);
      case Opcode.FMUL_D -> f[rd] = arithmetic.multiplyDouble(a, b, mode);
      case Opcode.FDIV_D -> f[rd] = arithmetic.divideDouble(a, b, mode);
      case Opcode.FSQRT_D -> f[rd] = arithmetic.squareRootDouble(a, mode);
      case Opcode.FMADD_D, Opcode.FMSUB_D, Opcode.FNMSUB_D, Opcode.FNMADD_D ->
          f[rd] = multiplyAddDouble(instruction, a, b, mode);
      case Opcode.FSGNJ_D -> f[rd] = (a & ~DOUBLE_SIGN) | (b & DOUBLE_SIGN);
      case Opcode.FSGNJN_D -> f[rd] = (a & ~DOUBLE_SIGN) | (~b & DOUBLE_SIGN);
      case Opcode.FSGNJX_D -> f[rd] = a ^ (b & DOUBLE_SIGN);
      case Opcode.FMIN_D -> f[rd] = arithmetic.minimum(DOUBLE, a, b);
      case Opcode.FMAX_D -> f[rd] = arithmetic.maximum(DOUBLE, a, b);
      case Opcode.FCVT_W_D -> x[rd] = arithmetic.toInt(DOUBLE, a, mode);
      case Opcode.FCVT_WU_D -> x[rd] = arithmetic.toUnsignedInt(DOUBLE, a, mode);
      case Opcode.FCVT_L_D -> x[rd] = arithmetic.toLong(DOUBLE, a, mode);
      case Opcode.FCVT_LU_D -> x[rd] = arithmetic.toUnsignedLong(DOUBLE, a, mode);
      case Opcode.FMV_X_D -> x[rd] = a;
      case Opcode.FEQ_D -> x[rd] = arithmetic.isEqual(DOUBLE, a, b) ? 1 : 0;
      case Opcode.FLT_D -> x[rd] = arithmetic.isLess(DOUBLE, a, b) ? 1 : 0;
      case Opcode.FLE_D -> x[rd] = arithmetic.isLessOrEqual(DOUBLE, a, b) ? 1 : 0;
      case Opcode.FCLASS_D -> x[rd] = DOUBLE.classify(a);
      case Opcode.FCVT_D_W -> f[rd] = arithmetic.fromInt(DOUBLE, (int) x[rs1(lower)], mode);
      case Opcode.FCVT_D_WU ->
          f[rd] = arithmetic.fromLong(DOUBLE, x[rs1(lower)] & 0xffff_ffffL, mode);
      case Opcode.FCVT_D_L -> f[rd] = arithmetic.fromLong(DOUBLE, x[rs1(lower)], mode);
      case Opcode.FCVT_D_LU -> f[rd] = arithmetic.fromUnsignedLong(DOUBLE, x[rs1(lower)], mode);
      case Opcode.FMV_D_X -> f[rd] = x[rs1(lower)];
      case Opcode.FCVT_D_S -> f[rd] = arithmetic.singleToDouble(single(rs1(lower)));
      default -> throw unknown(instruction);
    }
  }

  private void executeSingle(long instruction, int mode) {
    int lower = (int) instruction;
    int rd = rd(lower);
    int a = single(rs1(lower));
    int b = single(rs2(lower));
    switch (Instruction.opcode(instruction)) {
      case Opcode.FADD_S -> setSingle(rd, arithmetic.addSingle(a, b, mode));
      case Opcode.FSUB_S -> setSingle(rd, subtractSingle(a, b, mode));
      case Opcode.FMUL_S -> setSingle(rd, arithmetic.multiplySingle(a, b, mode));
      case Opcode.FDIV_S -> setSingle(rd, arithmetic.divideSingle(a, b, mode));
      case Opcode.FSQRT_S -> setSingle(rd, arithmetic.squareRootSingle(a, mode));
      case Opcode.FMADD_S, Opcode.FMSUB_S, Opcode.FNMSUB_S, Opcode.FNMADD_S ->
          setSingle(rd, multiplyAddSingle(instruction, a, b, mode));
      case Opcode.FSGNJ_S -> setSingle(rd, (a & ~SINGLE_SIGN) | (b & SINGLE_SIGN));
      case Opcode.FSGNJN_S -> setSingle(rd, (a & ~SINGLE_SIGN) | (~b & SINGLE_SIGN));
      case Opcode.FSGNJX_S -> setSingle(rd, a ^ (b & SINGLE_SIGN));
      case Opcode.FMIN_S -> setSingle(rd, (int) arithmetic.minimum(SINGLE, bits(a), bits(b)));
      case Opcode.FMAX_S -> setSingle(rd, (int) arithmetic.maximum(SINGLE, bits(a), bits(b)));
      case Opcode.FCVT_W_S -> x[rd] = arithmetic.toInt(SINGLE, bits(a), mode);
      case Opcode.FCVT_WU_S -> x[rd] = arithmetic.toUnsignedInt(SINGLE, bits(a), mode);
      case Opcode.FCVT_L_S -> x[rd] = arithmetic.toLong(SINGLE, bits(a), mode);
      case Opcode.FCVT_LU_S -> x[rd] = arithmetic.toUnsignedLong(SINGLE, bits(a), mode);
      case Opcode.FMV_X_W -> x[rd] = (int) f[rs1(lower)];
      case Opcode.FEQ_S -> x[rd] = arithmetic.isEqual(SINGLE, bits(a), bits(b)) ? 1 : 0;
      case Opcode.FLT_S -> x[rd] = arithmetic.isLess(SINGLE, bits(a), bits(b)) ? 1 : 0;
      case Opcode.FLE_S -> x[rd] = arithmetic.isLessOrEqual(SINGLE, bits(a), bits(b)) ? 1 : 0;
      case Opcode.FCLASS_S -> x[rd] = SINGLE.classify(bits(a));
      case Opcode.FCVT_S_W ->
          setSingle(rd, (int) arithmetic.fromInt(SINGLE, (int) x[rs1(lower)], mode));
      case Opcode.FCVT_S_WU ->
          setSingle(rd, (int) arithmetic.fromLong(SINGLE, x[rs1(lower)] & 0xffff_ffffL, mode));
      case Opcode.FCVT_S_L -> setSingle(rd, (int) arithmetic.fromLong(SINGLE, x[rs1(lower)], mode));
      case Opcode.FCVT_S_LU ->
          setSingle(rd, (int) arithmetic.fromUnsignedLong(SINGLE, x[rs1(lower)], mode));
      case Opcode.FMV_W_X -> setSingle(rd, (int) x[rs1(lower)]);
      case Opcode.FCVT_S_D -> setSingle(rd, arithmetic.doubleToSingle(f[rs1(lower)], mode));
      default -> throw unknown(instruction);
    }
  }

  /** Subtraction adds the negated operand; only the sign of a NaN differs, and nobody sees that. */
  private long subtractDouble(long a, long b, int mode) {
    return arithmetic.addDouble(a, b ^ DOUBLE_SIGN, mode);
  }

  private int subtractSingle(int a, int b, int mode) {
    return arithmetic.addSingle(a, b ^ SINGLE_SIGN, mode);
  }

  private long multiplyAddDouble(long instruction, long a, long b, int mode) {
    int opcode = Instruction.opcode(instruction);
    long c = f[rs3(Instruction.immediate(instruction))];
    boolean negateProduct = opcode == Opcode.FNMSUB_D || opcode == Opcode.FNMADD_D;
    boolean negateAddend = opcode == Opcode.FMSUB_D || opcode == Opcode.FNMADD_D;
    return arithmetic.multiplyAddDouble(
        negateProduct ? a ^ DOUBLE_SIGN : a, b, negateAddend ? c ^ DOUBLE_SIGN : c, mode);
  }

  private int multiplyAddSingle(long instruction, int a, int b, int mode) {
    int opcode = Instruction.opcode(instruction);
    int c = single(rs3(Instruction.immediate(instruction)));
    boolean negateProduct = opcode == Opcode.FNMSUB_S || opcode == Opcode.FNMADD_S;
    boolean negateAddend = opcode == Opcode.FMSUB_S || opcode == Opcode.FNMADD_S;
    return arithmetic.multiplyAddSingle(
        negateProduct ? a ^ SINGLE_SIGN : a, b, negateAddend ? c ^ SINGLE_SIGN : c, mode);
  }

  /** A single-precision operand: what is not boxed properly is the canonical NaN. */
  private int single(int register) {
    long bits = f[register];
    return (bits & BOX) == BOX ? (int) bits : (int) SINGLE.canonicalNan;
  }

  private void setSingle(int register, int value) {
    f[register] = box(value);
  }

  private static long bits(int single) {
    return single & 0xffff_ffffL;
  }

  private static IllegalStateException unknown(long instruction) {
    return new IllegalStateException(
        "not of F or D: " + Opcode.mnemonic(Instruction.opcode(instruction)));
  }
}
