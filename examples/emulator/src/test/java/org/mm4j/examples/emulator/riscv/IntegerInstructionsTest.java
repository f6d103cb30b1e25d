/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mm4j.examples.emulator.riscv.HartFixture.A0;
import static org.mm4j.examples.emulator.riscv.HartFixture.A1;
import static org.mm4j.examples.emulator.riscv.HartFixture.A2;
import static org.mm4j.examples.emulator.riscv.HartFixture.CODE;
import static org.mm4j.examples.emulator.riscv.HartFixture.DATA;

import org.junit.jupiter.api.Test;

class IntegerInstructionsTest {
  private static final int OP = 0x33;
  private static final int OP_32 = 0x3b;
  private static final int OP_IMM_32 = 0x1b;

  private final HartFixture fixture = new HartFixture();

  private long op(int funct3, int funct7, long a, long b) {
    return fixture.binary(Assembler.r(OP, funct3, funct7, A2, A0, A1), a, b);
  }

  private long opWord(int funct3, int funct7, long a, long b) {
    return fixture.binary(Assembler.r(OP_32, funct3, funct7, A2, A0, A1), a, b);
  }

  @Test
  void divisionByZeroGivesAllOnesAndTheDividend() {
    assertEquals(-1, op(4, 1, 42, 0));
    assertEquals(-1, op(5, 1, 42, 0));
    assertEquals(42, op(6, 1, 42, 0));
    assertEquals(-42, op(7, 1, -42, 0));
    assertEquals(-1, opWord(4, 1, 42, 1L << 32));
    assertEquals(-1, opWord(5, 1, 42, 0));
    assertEquals(-2, opWord(6, 1, 0x1_ffff_fffeL, 0));
    assertEquals(-2, opWord(7, 1, 0xffff_fffeL, 0));
  }

  @Test
  void divisionOverflowGivesTheDividendAndZero() {
    assertEquals(Long.MIN_VALUE, op(4, 1, Long.MIN_VALUE, -1));
    assertEquals(0, op(6, 1, Long.MIN_VALUE, -1));
    assertEquals(Integer.MIN_VALUE, opWord(4, 1, Integer.MIN_VALUE, -1));
    assertEquals(0, opWord(6, 1, Integer.MIN_VALUE, -1));
  }

  @Test
  void upperHalvesOfProductsFollowTheSigns() {
    assertEquals(0, op(1, 1, -1, -1));
    assertEquals(-1, op(2, 1, -1, -1));
    assertEquals(-2, op(3, 1, -1, -1));
    assertEquals(1L << 62, op(1, 1, Long.MIN_VALUE, Long.MIN_VALUE));
    assertEquals(-(1L << 62), op(2, 1, Long.MIN_VALUE, Long.MIN_VALUE));
    assertEquals(0, op(2, 1, 1, -1));
  }

  @Test
  void wordOperationsSignExtendTheirResult() {
    assertEquals(Integer.MIN_VALUE, opWord(0, 0, Integer.MAX_VALUE, 1));
    assertEquals(Integer.MAX_VALUE, opWord(0, 0x20, Integer.MIN_VALUE, 1));
    assertEquals(-1, opWord(5, 0x20, 0x8000_0000L, 31));
    assertEquals(1, opWord(5, 0, 0x8000_0000L, 31));
    assertEquals(Integer.MIN_VALUE, opWord(1, 0, 1, 31));
    assertEquals(
        -1, fixture.binary(Assembler.i(OP_IMM_32, 5, A2, A0, 0x400 | 31), 0x8000_0000L, 0));
  }

  @Test
  void shiftsTakeTheLowBitsOfTheirAmount() {
    assertEquals(2, op(1, 0, 1, 65));
    assertEquals(2, opWord(1, 0, 1, 33));
    assertEquals(-1, op(5, 0x20, Long.MIN_VALUE, 127));
    assertEquals(1, op(5, 0, Long.MIN_VALUE, 63));
  }

  @Test
  void registerZeroStaysZero() {
    fixture.hart.setRegister(0, 7);
    fixture.execute(Assembler.addi(0, 0, 5), Assembler.addi(A2, 0, 0));
    assertEquals(0, fixture.hart.register(0));
    assertEquals(0, fixture.hart.register(A2));
  }

  @Test
  void jumpAndLinkRegisterReadsItsSourceBeforeItLinks() {
    fixture.hart.setRegister(A0, CODE + 9);
    fixture.execute(Assembler.i(0x67, 0, A0, A0, 0), Assembler.addi(A2, 0, 1));
    assertEquals(CODE + 4, fixture.hart.register(A0));
    assertEquals(0, fixture.hart.register(A2), "the lowest bit of the target is dropped");
  }

  @Test
  void upperImmediatesAreSignExtended() {
    fixture.execute(Assembler.u(0x37, A0, 0x8000_0000), Assembler.u(0x17, A1, 0x8000_0000));
    assertEquals(Integer.MIN_VALUE, fixture.hart.register(A0));
    assertEquals(CODE + 4 + Integer.MIN_VALUE, fixture.hart.register(A1));
  }

  @Test
  void loadsExtendByTheirKind() {
    fixture.cpu.storeLong(DATA, -2);
    fixture.hart.setRegister(A0, DATA);
    long[] expected = {-2, -2, -2, -2, 0xfe, 0xfffe, 0xffff_fffeL};
    for (int funct3 = 0; funct3 < expected.length; funct3++) {
      fixture.execute(Assembler.i(0x03, funct3, A2, A0, 0));
      assertEquals(expected[funct3], fixture.hart.register(A2), "funct3 " + funct3);
    }
  }
}
