/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A hart on flat memory, with code at a known place and the operands in a0 and a1. */
final class HartFixture {
  static final long CODE = 0x1_0000;
  static final long DATA = 0x2_0000;

  static final int A0 = 10;
  static final int A1 = 11;
  static final int A2 = 12;

  final FlatMemoryCpu cpu = new FlatMemoryCpu(CODE, 0x2_0000);
  final Hart hart = new Hart(cpu);

  HartFixture() {
    hart.setPc(CODE);
  }

  /** Puts code somewhere; does not tell the hart. */
  HartFixture write(long address, Assembler code) {
    cpu.write(address, code.bytes());
    return this;
  }

  HartFixture write(long address, int... words) {
    return write(address, new Assembler(address).word(words));
  }

  /** Runs words from the start until the ebreak that is put behind them. */
  HartFixture execute(int... words) {
    write(CODE, new Assembler(CODE).word(words).word(Assembler.EBREAK));
    hart.flushCode();
    hart.setPc(CODE);
    assertEquals(Trap.BREAKPOINT, hart.run(), hart::toString);
    return this;
  }

  /** What an instruction on a0 and a1 leaves in a2. */
  long binary(int word, long a, long b) {
    hart.setRegister(A0, a);
    hart.setRegister(A1, b);
    execute(word);
    return hart.register(A2);
  }

  /** Executes one instruction that must trap. */
  Trap trapOf(int word) {
    write(CODE, word);
    hart.flushCode();
    hart.setPc(CODE);
    return hart.run();
  }
}
