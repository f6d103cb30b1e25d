/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mm4j.examples.emulator.riscv.FloatStatus.DZ;
import static org.mm4j.examples.emulator.riscv.FloatStatus.NV;
import static org.mm4j.examples.emulator.riscv.FloatStatus.NX;
import static org.mm4j.examples.emulator.riscv.FloatStatus.OF;
import static org.mm4j.examples.emulator.riscv.FloatStatus.UF;
import static org.mm4j.examples.emulator.riscv.HartFixture.A0;
import static org.mm4j.examples.emulator.riscv.HartFixture.A2;

import org.junit.jupiter.api.Test;

class FloatInstructionsTest {
  private static final int F1 = 1;
  private static final int F2 = 2;
  private static final int F3 = 3;
  private static final long CANONICAL_NAN = 0x7ff8_0000_0000_0000L;
  private static final long SIGNALING_NAN = 0x7ff0_0000_0000_0001L;
  private static final long MINUS_ZERO = 1L << 63;

  private final HartFixture fixture = new HartFixture();

  /** Executes one operation on f1 and f2 with fcsr cleared but for the mode; the result is f3. */
  private long floating(int funct7, int funct3, int mode, long a, long b) {
    fixture.hart.setFcsr(mode << 5);
    fixture.hart.setFloatRegister(F1, a);
    fixture.hart.setFloatRegister(F2, b);
    fixture.execute(Assembler.r(0x53, funct3, funct7, F3, F1, F2));
    return fixture.hart.floatRegister(F3);
  }

  private long toInteger(int funct7, int rs2, int mode, long a) {
    fixture.hart.setFcsr(0);
    fixture.hart.setFloatRegister(F1, a);
    fixture.execute(Assembler.r(0x53, mode, funct7, A2, F1, rs2));
    return fixture.hart.register(A2);
  }

  private int flags() {
    return fixture.hart.fcsr() & 31;
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  private static long box(float value) {
    return FloatInstructions.box(Float.floatToRawIntBits(value));
  }

  @Test
  void additionRoundsInEachMode() {
    double tiny = 0x1p-60;
    double[] expected = {1, 1, 1, Math.nextUp(1.0), 1};
    for (int mode = 0; mode <= 4; mode++) {
      assertEquals(bits(expected[mode]), floating(0x01, 7, mode, bits(1), bits(tiny)));
      assertEquals(NX, flags());
    }
    double[] negative = {-1, -1, Math.nextDown(-1.0), -1, -1};
    for (int mode = 0; mode <= 4; mode++) {
      assertEquals(bits(negative[mode]), floating(0x01, 7, mode, bits(-1), bits(-tiny)));
    }
  }

  @Test
  void tiesGoToEvenOrAway() {
    double half = 0x1p-53;
    assertEquals(bits(1), floating(0x01, 0, 0, bits(1), bits(half)));
    assertEquals(bits(Math.nextUp(1.0)), floating(0x01, 4, 0, bits(1), bits(half)));
  }

  @Test
  void exactResultsRaiseNothing() {
    assertEquals(bits(0.75), floating(0x01, 0, 0, bits(0.5), bits(0.25)));
    assertEquals(0, flags());
    assertEquals(bits(0.125), floating(0x09, 0, 0, bits(0.5), bits(0.25)));
    assertEquals(0, flags());
    assertEquals(bits(2), floating(0x0d, 0, 0, bits(0.5), bits(0.25)));
    assertEquals(0, flags());
    assertEquals(bits(1.0 / 3), floating(0x0d, 0, 0, bits(1), bits(3)));
    assertEquals(NX, flags());
  }

  @Test
  void overflowDependsOnTheMode() {
    long max = bits(Double.MAX_VALUE);
    assertEquals(bits(Double.POSITIVE_INFINITY), floating(0x01, 0, 0, max, max));
    assertEquals(OF | NX, flags());
    assertEquals(max, floating(0x01, 1, 0, max, max));
    assertEquals(OF | NX, flags());
    assertEquals(max, floating(0x01, 2, 0, max, max));
    assertEquals(bits(Double.POSITIVE_INFINITY), floating(0x01, 3, 0, max, max));
  }

  @Test
  void underflowIsDetectedAfterRoundingAndOnlyIfInexact() {
    assertEquals(0, floating(0x09, 0, 0, bits(Double.MIN_VALUE), bits(0.5)));
    assertEquals(UF | NX, flags());
    assertEquals(
        bits(Double.MIN_NORMAL / 2), floating(0x09, 0, 0, bits(Double.MIN_NORMAL), bits(0.5)));
    assertEquals(0, flags(), "subnormal but exact");
    // The product is just below the smallest normal number and rounds up to it.
    double below = Math.nextDown(1.0);
    assertEquals(
        bits(Double.MIN_NORMAL), floating(0x09, 0, 0, bits(Double.MIN_NORMAL), bits(below)));
    assertEquals(UF | NX, flags(), "with unbounded exponent it would be exact and tiny");
  }

  @Test
  void divisionByZeroAndInvalidOperations() {
    assertEquals(bits(Double.NEGATIVE_INFINITY), floating(0x0d, 0, 0, bits(-1), 0));
    assertEquals(DZ, flags());
    assertEquals(CANONICAL_NAN, floating(0x0d, 0, 0, 0, 0));
    assertEquals(NV, flags());
    assertEquals(CANONICAL_NAN, floating(0x01, 0, 0, 0x7ff8_0000_0000_1234L, bits(1)));
    assertEquals(0, flags(), "a quiet NaN is not invalid, but it is made canonical");
    assertEquals(CANONICAL_NAN, floating(0x01, 0, 0, SIGNALING_NAN, bits(1)));
    assertEquals(NV, flags());
  }

  @Test
  void differenceOfEqualsIsMinusZeroOnlyWhenRoundingDown() {
    assertEquals(0, floating(0x05, 0, 0, bits(1), bits(1)));
    assertEquals(MINUS_ZERO, floating(0x05, 2, 0, bits(1), bits(1)));
  }

  @Test
  void minimumAndMaximumOrderZerosAndPreferNumbers() {
    assertEquals(MINUS_ZERO, floating(0x15, 0, 0, 0, MINUS_ZERO));
    assertEquals(MINUS_ZERO, floating(0x15, 0, 0, MINUS_ZERO, 0));
    assertEquals(0, floating(0x15, 1, 0, 0, MINUS_ZERO));
    assertEquals(0, floating(0x15, 1, 0, MINUS_ZERO, 0));
    assertEquals(bits(3), floating(0x15, 0, 0, CANONICAL_NAN, bits(3)));
    assertEquals(0, flags());
    assertEquals(bits(3), floating(0x15, 1, 0, bits(3), SIGNALING_NAN));
    assertEquals(NV, flags());
    assertEquals(CANONICAL_NAN, floating(0x15, 0, 0, -1, CANONICAL_NAN));
  }

  @Test
  void improperlyBoxedSinglesAreCanonicalNans() {
    long unboxed = Float.floatToRawIntBits(1);
    assertEquals(box(Float.NaN), floating(0x00, 0, 0, unboxed, box(1)));
    assertEquals(0, flags());
    assertEquals(box(2), floating(0x00, 0, 0, box(1), box(1)));
    assertEquals(box(Float.NaN), floating(0x10, 0, 0, unboxed, unboxed), "sign injection, too");
    fixture.hart.setFloatRegister(F1, 0x1234_5678_9abc_def0L);
    fixture.execute(Assembler.r(0x53, 0, 0x70, A2, F1, 0));
    assertEquals(0xffff_ffff_9abc_def0L, fixture.hart.register(A2), "fmv.x.w looks at bits only");
  }

  @Test
  void conversionsToIntegersSaturate() {
    assertEquals(Integer.MAX_VALUE, toInteger(0x61, 0, 0, bits(0x1p31)));
    assertEquals(NV, flags());
    assertEquals(Integer.MIN_VALUE, toInteger(0x61, 0, 0, bits(-0x1p31 - 1)));
    assertEquals(Integer.MAX_VALUE, toInteger(0x61, 0, 0, CANONICAL_NAN));
    assertEquals(-1, toInteger(0x61, 1, 0, CANONICAL_NAN));
    assertEquals(-1, toInteger(0x61, 1, 0, bits(0xffff_ffffL)), "fcvt.wu sign-extends");
    assertEquals(0, flags());
    assertEquals(0, toInteger(0x61, 1, 0, bits(-1)));
    assertEquals(NV, flags());
    assertEquals(0, toInteger(0x61, 1, 1, bits(-0.5)));
    assertEquals(NX, flags());
    assertEquals(Long.MAX_VALUE, toInteger(0x61, 2, 0, bits(0x1p63)));
    assertEquals(Long.MIN_VALUE, toInteger(0x61, 2, 0, bits(-0x1p63)));
    assertEquals(0, flags());
    assertEquals(Long.MIN_VALUE, toInteger(0x61, 3, 0, bits(0x1p63)));
    assertEquals(0, flags());
    assertEquals(-1, toInteger(0x61, 3, 0, bits(0x1p64)));
    assertEquals(NV, flags());
  }

  @Test
  void conversionsToIntegersRoundInEachMode() {
    long[] of25 = {2, 2, 2, 3, 3};
    long[] ofMinus25 = {-2, -2, -3, -2, -3};
    for (int mode = 0; mode <= 4; mode++) {
      assertEquals(of25[mode], toInteger(0x61, 0, mode, bits(2.5)));
      assertEquals(ofMinus25[mode], toInteger(0x61, 2, mode, bits(-2.5)));
      assertEquals(NX, flags());
    }
  }

  @Test
  void fusedMultiplyAddRoundsOnceAndChecksInfinityTimesZero() {
    double a = 1 + 0x1p-30;
    fixture.hart.setFloatRegister(F1, bits(a));
    fixture.hart.setFloatRegister(F2, bits(-a * a));
    int fmadd = Assembler.r(0x43, 7, F2 << 2 | 1, F3, F1, F1);
    fixture.execute(fmadd);
    assertEquals(bits(Math.fma(a, a, -a * a)), fixture.hart.floatRegister(F3));
    assertEquals(0, flags(), "the difference is exact");
    fixture.hart.setFloatRegister(F1, bits(Double.POSITIVE_INFINITY));
    fixture.hart.setFloatRegister(F2, 0);
    fixture.hart.setFloatRegister(F3, CANONICAL_NAN);
    fixture.execute(Assembler.r(0x43, 7, F3 << 2 | 1, F3, F1, F2));
    assertEquals(CANONICAL_NAN, fixture.hart.floatRegister(F3));
    assertEquals(NV, flags());
  }

  @Test
  void classificationNamesAllTenKinds() {
    long[] values = {
      bits(Double.NEGATIVE_INFINITY),
      bits(-1),
      bits(-Double.MIN_VALUE),
      MINUS_ZERO,
      0,
      bits(Double.MIN_VALUE),
      bits(1),
      bits(Double.POSITIVE_INFINITY),
      SIGNALING_NAN,
      CANONICAL_NAN
    };
    for (int i = 0; i < values.length; i++) {
      fixture.hart.setFloatRegister(F1, values[i]);
      fixture.execute(Assembler.r(0x53, 1, 0x71, A2, F1, 0));
      assertEquals(1L << i, fixture.hart.register(A2));
    }
  }

  @Test
  void comparisonsWithNanAreFalseAndInvalidByTheirKind() {
    int[] expected = {NV, NV, 0};
    for (int funct3 = 0; funct3 <= 2; funct3++) {
      fixture.hart.setFcsr(0);
      fixture.hart.setFloatRegister(F1, CANONICAL_NAN);
      fixture.hart.setFloatRegister(F2, bits(1));
      fixture.execute(Assembler.r(0x53, funct3, 0x51, A2, F1, F2));
      assertEquals(0, fixture.hart.register(A2));
      assertEquals(expected[funct3], flags());
    }
  }

  @Test
  void unusableDynamicRoundingModeIsIllegal() {
    fixture.hart.setFcsr(5 << 5);
    assertEquals(Trap.ILLEGAL_INSTRUCTION, fixture.trapOf(Assembler.r(0x53, 7, 0x01, F3, F1, F2)));
    fixture.execute(Assembler.r(0x53, 0, 0x01, F3, F1, F2));
    fixture.execute(Assembler.r(0x53, 0, 0x11, F3, F1, F2));
  }

  @Test
  void conversionsFromIntegersRoundCorrectly() {
    fixture.hart.setFcsr(0);
    fixture.hart.setRegister(A0, Long.MAX_VALUE);
    fixture.execute(Assembler.r(0x53, 0, 0x69, F3, A0, 2));
    assertEquals(bits(0x1p63), fixture.hart.floatRegister(F3));
    assertEquals(NX, flags());
    fixture.execute(Assembler.r(0x53, 1, 0x69, F3, A0, 2));
    assertEquals(bits(Math.nextDown(0x1p63)), fixture.hart.floatRegister(F3));
    fixture.hart.setRegister(A0, -1);
    fixture.execute(Assembler.r(0x53, 1, 0x68, F3, A0, 3));
    assertEquals(box(Math.nextDown(0x1p64f)), fixture.hart.floatRegister(F3));
  }
}
