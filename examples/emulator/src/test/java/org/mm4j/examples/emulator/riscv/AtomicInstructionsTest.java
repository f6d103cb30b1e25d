/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mm4j.examples.emulator.riscv.HartFixture.A0;
import static org.mm4j.examples.emulator.riscv.HartFixture.A1;
import static org.mm4j.examples.emulator.riscv.HartFixture.A2;
import static org.mm4j.examples.emulator.riscv.HartFixture.CODE;
import static org.mm4j.examples.emulator.riscv.HartFixture.DATA;

import org.junit.jupiter.api.Test;
import org.mm4j.Access;
import org.mm4j.FaultSignal;

class AtomicInstructionsTest {
  private static final int A3 = 13;
  private static final int A4 = 14;

  private static final int LR_W = Assembler.r(0x2f, 2, 2 << 2, A1, A0, 0);
  private static final int LR_D = Assembler.r(0x2f, 3, 2 << 2, A1, A0, 0);
  private static final int SC_W = Assembler.r(0x2f, 2, 3 << 2, A2, A0, A1);
  private static final int SC_D = Assembler.r(0x2f, 3, 3 << 2, A2, A0, A1);
  private static final int AMOADD_W = Assembler.r(0x2f, 2, 0, A2, A0, A1);
  private static final int INCREMENT = Assembler.addi(A1, A1, 1);

  private final HartFixture fixture = new HartFixture();

  AtomicInstructionsTest() {
    fixture.hart.setRegister(A0, DATA);
    fixture.cpu.storeLong(DATA, 5);
  }

  @Test
  void storeConditionalSucceedsAfterItsLoad() {
    fixture.execute(LR_W, INCREMENT, SC_W);
    assertEquals(0, fixture.hart.register(A2));
    assertEquals(6, fixture.cpu.loadLong(DATA));
  }

  @Test
  void storeConditionalFailsWithoutReservation() {
    fixture.execute(SC_W);
    assertEquals(1, fixture.hart.register(A2));
    assertEquals(5, fixture.cpu.loadLong(DATA));
  }

  @Test
  void storeConditionalUsesItsReservationUp() {
    fixture.execute(LR_D, INCREMENT, SC_D, INCREMENT, SC_D);
    assertEquals(1, fixture.hart.register(A2));
    assertEquals(6, fixture.cpu.loadLong(DATA));
  }

  @Test
  void storeConditionalFailsAfterAnotherStore() {
    fixture.execute(LR_D, INCREMENT, Assembler.s(0x23, 0, A0, 0, 0), SC_D);
    assertEquals(1, fixture.hart.register(A2));
    assertEquals(0, fixture.cpu.loadLong(DATA));
  }

  @Test
  void storeConditionalFailsElsewhereAndInAnotherWidth() {
    fixture.execute(LR_D, Assembler.addi(A0, A0, 8), SC_D);
    assertEquals(1, fixture.hart.register(A2));
    fixture.hart.setRegister(A0, DATA);
    fixture.execute(LR_W, SC_D);
    assertEquals(1, fixture.hart.register(A2));
  }

  @Test
  void storeConditionalFailsAfterAContextSwitch() {
    fixture.execute(LR_W);
    fixture.hart.clearReservation();
    fixture.execute(SC_W);
    assertEquals(1, fixture.hart.register(A2));
  }

  @Test
  void wordsAreSignExtendedAndWrap() {
    fixture.cpu.storeLong(DATA, 0x7fff_ffffL);
    fixture.hart.setRegister(A1, 1);
    fixture.execute(AMOADD_W, AMOADD_W);
    assertEquals(Integer.MIN_VALUE, fixture.hart.register(A2));
    assertEquals(0x8000_0001L, fixture.cpu.loadLong(DATA));
  }

  @Test
  void misalignedAtomicsFaultPrecisely() {
    fixture.hart.setRegister(A0, DATA + 2);
    fixture.hart.setRegister(A2, 77);
    assertEquals(Trap.MEMORY_FAULT, fixture.trapOf(AMOADD_W));
    assertEquals(FaultSignal.BUS_ADRALN, fixture.hart.faultSignal());
    assertEquals(Access.WRITE, fixture.hart.faultAccess());
    assertEquals(DATA + 2, fixture.hart.faultAddress());
    assertEquals(CODE, fixture.hart.pc());
    assertEquals(77, fixture.hart.register(A2));
    assertEquals(Trap.MEMORY_FAULT, fixture.trapOf(LR_D));
    assertEquals(Access.READ, fixture.hart.faultAccess());
  }

  @Test
  void nothingIsLostBetweenTwoHarts() throws InterruptedException {
    int rounds = 50_000;
    int lr = Assembler.r(0x2f, 3, 2 << 2, A2, A0, 0);
    int sc = Assembler.r(0x2f, 3, 3 << 2, A2, A0, A2);
    int add = Assembler.r(0x2f, 2, 0, 0, A4, A3);
    // Each round adds one with lr and sc, again until that succeeds, and one with amoadd.w.
    fixture.write(
        CODE,
        lr,
        Assembler.addi(A2, A2, 1),
        sc,
        Assembler.b(1, A2, 0, -12),
        add,
        Assembler.addi(A1, A1, -1),
        Assembler.b(1, A1, 0, -24),
        Assembler.EBREAK);
    Hart[] harts = {fixture.hart, new Hart(new FlatMemoryCpu(fixture.cpu))};
    Thread[] threads = new Thread[harts.length];
    for (int i = 0; i < harts.length; i++) {
      Hart hart = harts[i];
      hart.setPc(CODE);
      hart.setRegister(A0, DATA);
      hart.setRegister(A1, rounds);
      hart.setRegister(A3, 1);
      hart.setRegister(A4, DATA + 8);
      threads[i] = new Thread(hart::run);
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(5 + 2L * rounds, fixture.cpu.loadLong(DATA));
    assertEquals(2L * rounds, fixture.cpu.loadLong(DATA + 8));
  }
}
