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

/** Decoded code is used exactly as long as memory holds it. */
class CodeCacheTest {
  private static final long PAGE = 4096;
  private static final int SET_1 = Assembler.addi(A2, 0, 1);
  private static final int SET_2 = Assembler.addi(A2, 0, 2);

  private final HartFixture fixture = new HartFixture();
  private final Hart hart = fixture.hart;

  private Trap runFrom(long address) {
    hart.setPc(address);
    return hart.run();
  }

  @Test
  void storesToCodeAreSeenAfterFenceI() {
    hart.setRegister(A0, CODE + 8);
    hart.setRegister(A1, SET_2);
    int store = Assembler.s(0x23, 2, A0, A1, 0);
    fixture.write(CODE, store, Assembler.FENCE_I, SET_1, Assembler.EBREAK);
    assertEquals(Trap.BREAKPOINT, runFrom(CODE + 8));
    assertEquals(1, hart.register(A2));
    assertEquals(Trap.BREAKPOINT, runFrom(CODE));
    assertEquals(2, hart.register(A2));
  }

  @Test
  void flushesFromOtherThreadsAreServed() {
    fixture.write(CODE, SET_1, Assembler.EBREAK);
    assertEquals(Trap.BREAKPOINT, runFrom(CODE));
    fixture.write(CODE, SET_2);
    assertEquals(Trap.BREAKPOINT, runFrom(CODE));
    assertEquals(1, hart.register(A2), "not seen without a fence, as on hardware");
    hart.requestCodeFlush();
    assertEquals(Trap.BREAKPOINT, runFrom(CODE));
    assertEquals(2, hart.register(A2));
  }

  @Test
  void changedBytesAreDecodedAgainInTheNextGeneration() {
    fixture.write(CODE, SET_1, Assembler.EBREAK);
    assertEquals(Trap.BREAKPOINT, runFrom(CODE));
    fixture.write(CODE, SET_2);
    fixture.cpu.advanceGeneration();
    assertEquals(Trap.BREAKPOINT, runFrom(CODE));
    assertEquals(2, hart.register(A2));
  }

  @Test
  void generationChangeIsSeenInTheMiddleOfARun() {
    // A loop of two blocks; the store that the fence does not follow is found by its generation.
    fixture.write(CODE, SET_1, Assembler.j(0, 4), SET_1, Assembler.EBREAK);
    assertEquals(Trap.BREAKPOINT, runFrom(CODE));
    fixture.write(CODE + 8, SET_2);
    fixture.cpu.advanceGeneration();
    assertEquals(Trap.BREAKPOINT, runFrom(CODE));
    assertEquals(2, hart.register(A2));
  }

  @Test
  void unchangedBytesCostOneComparisonPerGeneration() {
    fixture.write(CODE, SET_1, Assembler.EBREAK);
    runFrom(CODE);
    int decoding = fixture.cpu.fetches;
    runFrom(CODE);
    assertEquals(decoding, fixture.cpu.fetches, "valid in its generation");
    fixture.cpu.advanceGeneration();
    runFrom(CODE);
    assertEquals(decoding + 4, fixture.cpu.fetches, "compared once");
    runFrom(CODE);
    assertEquals(decoding + 4, fixture.cpu.fetches);
  }

  @Test
  void unmappedCodeFaultsAtTheJumpsTarget() {
    int jump = Assembler.j(0, (int) PAGE);
    fixture.write(CODE, jump).write(CODE + PAGE, SET_1, Assembler.EBREAK);
    assertEquals(Trap.BREAKPOINT, runFrom(CODE));
    fixture.cpu.unmap(CODE + PAGE);
    hart.setRegister(A2, 0);
    assertEquals(Trap.MEMORY_FAULT, runFrom(CODE));
    assertEquals(CODE + PAGE, hart.pc());
    assertEquals(CODE + PAGE, hart.faultAddress());
    assertEquals(Access.EXECUTE, hart.faultAccess());
    assertEquals(FaultSignal.SEGV_MAPERR, hart.faultSignal());
    assertEquals(0, hart.trappedInstruction());
    assertEquals(0, hart.register(A2));
  }

  @Test
  void codeThatMayNotExecuteFaults() {
    fixture.write(CODE, SET_1, Assembler.EBREAK);
    runFrom(CODE);
    fixture.cpu.forbidExecution(CODE);
    assertEquals(Trap.MEMORY_FAULT, runFrom(CODE));
    assertEquals(FaultSignal.SEGV_ACCERR, hart.faultSignal());
  }

  @Test
  void instructionAcrossTwoPagesRuns() {
    long straddling = CODE + PAGE - 2;
    fixture.write(straddling - 4, SET_1, SET_2, Assembler.EBREAK);
    assertEquals(Trap.BREAKPOINT, runFrom(straddling - 4));
    assertEquals(2, hart.register(A2));
  }

  @Test
  void instructionWhoseSecondHalfIsGoneFaultsAtItsOwnAddress() {
    long straddling = CODE + PAGE - 2;
    fixture.write(straddling - 4, SET_1, SET_2, Assembler.EBREAK);
    fixture.cpu.unmap(CODE + PAGE);
    assertEquals(Trap.MEMORY_FAULT, runFrom(straddling - 4));
    assertEquals(1, hart.register(A2), "what stands before it has run");
    assertEquals(straddling, hart.pc());
    assertEquals(CODE + PAGE, hart.faultAddress());
  }

  @Test
  void secondHalfThatChangesIsSeen() {
    long straddling = CODE + PAGE - 2;
    fixture.write(straddling, SET_1, Assembler.EBREAK);
    assertEquals(Trap.BREAKPOINT, runFrom(straddling));
    fixture.write(straddling, SET_2);
    fixture.cpu.advanceGeneration();
    assertEquals(Trap.BREAKPOINT, runFrom(straddling));
    assertEquals(2, hart.register(A2));
  }

  @Test
  void blocksThatShareABucketAreKeptApart() {
    HartFixture wide = new HartFixture();
    long other = CODE + (1 << 15);
    wide.write(CODE, SET_1, Assembler.EBREAK).write(other, SET_2, Assembler.EBREAK);
    for (int i = 0; i < 3; i++) {
      wide.hart.setPc(CODE);
      wide.hart.run();
      assertEquals(1, wide.hart.register(A2));
      wide.hart.setPc(other);
      wide.hart.run();
      assertEquals(2, wide.hart.register(A2));
    }
    assertEquals(8, wide.cpu.fetches, "each decoded once");
  }

  @Test
  void runsLongerThanABlockContinue() {
    Assembler code = new Assembler(CODE);
    for (int i = 0; i < 1500; i++) {
      code.word(Assembler.addi(A2, A2, 1));
    }
    fixture.write(CODE, code.word(Assembler.EBREAK));
    assertEquals(Trap.BREAKPOINT, runFrom(CODE));
    assertEquals(1500, hart.register(A2));
    assertEquals(1500, hart.instructionsRetired());
  }

  @Test
  void dataNextToCodeMayChangeFreely() {
    hart.setRegister(A0, DATA);
    fixture.execute(Assembler.s(0x23, 3, A0, A0, 0), Assembler.i(0x03, 3, A2, A0, 0));
    assertEquals(DATA, hart.register(A2));
  }
}
