/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

/** The register {@code fcsr}: the rounding mode and the accrued exception flags of one hart. */
final class FloatStatus {
  /** Inexact. */
  static final int NX = 1;

  /** Underflow: tiny after rounding, and inexact. */
  static final int UF = 2;

  /** Overflow. */
  static final int OF = 4;

  /** Division by zero. */
  static final int DZ = 8;

  /** Invalid operation. */
  static final int NV = 16;

  private static final int FLAGS = 0x1f;
  private static final int MODE_SHIFT = 5;

  private int flags;
  private int roundingMode;

  void raise(int raised) {
    flags |= raised;
  }

  /** Whether {@link #NX} has accrued already, so that nobody needs to find out again. */
  boolean isInexact() {
    return (flags & NX) != 0;
  }

  int flags() {
    return flags;
  }

  void setFlags(int value) {
    flags = value & FLAGS;
  }

  /** The field {@code frm}; 5 to 7 are settable and make every dynamic rounding illegal. */
  int roundingMode() {
    return roundingMode;
  }

  void setRoundingMode(int value) {
    roundingMode = value & 7;
  }

  int value() {
    return roundingMode << MODE_SHIFT | flags;
  }

  void setValue(int value) {
    setFlags(value);
    setRoundingMode(value >>> MODE_SHIFT);
  }
}
