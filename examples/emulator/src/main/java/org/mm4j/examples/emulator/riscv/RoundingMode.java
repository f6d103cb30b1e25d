/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

/** The encodings of the rounding mode in {@code frm} and in instructions. */
final class RoundingMode {
  /** To nearest, ties to even. */
  static final int RNE = 0;

  /** Towards zero. */
  static final int RTZ = 1;

  /** Down, towards negative infinity. */
  static final int RDN = 2;

  /** Up, towards positive infinity. */
  static final int RUP = 3;

  /** To nearest, ties away from zero. */
  static final int RMM = 4;

  /** In an instruction: take the mode from {@code frm}. */
  static final int DYNAMIC = 7;

  private RoundingMode() {}
}
