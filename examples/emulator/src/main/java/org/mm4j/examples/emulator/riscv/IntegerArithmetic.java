/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

/** The M extension where it differs from Java: division never traps, operands of mixed sign. */
final class IntegerArithmetic {
  private IntegerArithmetic() {}

  /** Executes any operation of the extension but the plain multiplications. */
  static long execute(int opcode, long a, long b) {
    return switch (opcode) {
      case Opcode.MULH -> Math.multiplyHigh(a, b);
      case Opcode.MULHSU -> multiplyHighSignedUnsigned(a, b);
      case Opcode.MULHU -> Math.unsignedMultiplyHigh(a, b);
      case Opcode.DIV -> divide(a, b);
      case Opcode.DIVU -> divideUnsigned(a, b);
      case Opcode.REM -> remainder(a, b);
      case Opcode.REMU -> remainderUnsigned(a, b);
      case Opcode.DIVW -> divide((int) a, (int) b);
      case Opcode.DIVUW -> divideUnsigned((int) a, (int) b);
      case Opcode.REMW -> remainder((int) a, (int) b);
      case Opcode.REMUW -> remainderUnsigned((int) a, (int) b);
      default -> throw new IllegalArgumentException("not of M: " + Opcode.mnemonic(opcode));
    };
  }

  /** The upper half of signed times unsigned. */
  private static long multiplyHighSignedUnsigned(long signed, long unsigned) {
    return Math.multiplyHigh(signed, unsigned) + (signed & unsigned >> 63);
  }

  private static long divide(long dividend, long divisor) {
    return divisor == 0 ? -1 : dividend / divisor;
  }

  private static long divideUnsigned(long dividend, long divisor) {
    return divisor == 0 ? -1 : Long.divideUnsigned(dividend, divisor);
  }

  private static long remainder(long dividend, long divisor) {
    return divisor == 0 ? dividend : dividend % divisor;
  }

  private static long remainderUnsigned(long dividend, long divisor) {
    return divisor == 0 ? dividend : Long.remainderUnsigned(dividend, divisor);
  }

  private static int divide(int dividend, int divisor) {
    return divisor == 0 ? -1 : dividend / divisor;
  }

  private static int divideUnsigned(int dividend, int divisor) {
    return divisor == 0 ? -1 : Integer.divideUnsigned(dividend, divisor);
  }

  private static int remainder(int dividend, int divisor) {
    return divisor == 0 ? dividend : dividend % divisor;
  }

  private static int remainderUnsigned(int dividend, int divisor) {
    return divisor == 0 ? dividend : Integer.remainderUnsigned(dividend, divisor);
  }
}
