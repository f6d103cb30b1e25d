/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.examples.emulator.riscv.HartFixture.A0;
import static org.mm4j.examples.emulator.riscv.HartFixture.A2;
import static org.mm4j.examples.emulator.riscv.HartFixture.CODE;
import static org.mm4j.examples.emulator.riscv.HartFixture.DATA;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mm4j.Access;
import org.mm4j.Errno;
import org.mm4j.FaultSignal;
import org.mm4j.MemoryException;

class HartTest {
  private static final int LOAD = Assembler.i(0x03, 3, A2, A0, 0);
  private static final int INCREMENT = Assembler.addi(A2, A2, 1);
  private static final int LOOP = Assembler.j(0, 0);

  private final HartFixture fixture = new HartFixture();
  private final Hart hart = fixture.hart;

  @Test
  void systemCallStaysAtItsInstructionUntilSkipped() {
    fixture.write(CODE, INCREMENT, Assembler.ECALL, INCREMENT, Assembler.EBREAK);
    assertEquals(Trap.ENVIRONMENT_CALL, hart.run());
    assertEquals(CODE + 4, hart.pc());
    assertFalse(fixture.cpu.isInside);
    hart.skipTrappedInstruction();
    assertEquals(Trap.BREAKPOINT, hart.run());
    assertEquals(2, hart.register(A2));
    assertEquals(2, hart.instructionsRetired(), "trapping instructions do not retire");
  }

  @Test
  void compressedBreakpointIsSkippedByTwo() {
    fixture.write(CODE, new Assembler(CODE).parcel(0x9002).word(INCREMENT, Assembler.ECALL));
    assertEquals(Trap.BREAKPOINT, hart.run());
    hart.skipTrappedInstruction();
    assertEquals(CODE + 2, hart.pc());
    assertEquals(Trap.ENVIRONMENT_CALL, hart.run());
    assertEquals(1, hart.register(A2));
  }

  @Test
  void memoryFaultIsPrecise() {
    hart.setRegister(A0, DATA);
    fixture.write(
        CODE,
        new Assembler(CODE).word(INCREMENT).parcel(0x0001).word(LOAD, INCREMENT, Assembler.EBREAK));
    fixture.cpu.unmap(DATA);
    assertEquals(Trap.MEMORY_FAULT, hart.run());
    assertEquals(CODE + 6, hart.pc());
    assertEquals(LOAD, hart.trappedInstruction());
    assertEquals(DATA, hart.faultAddress());
    assertEquals(FaultSignal.SEGV_MAPERR, hart.faultSignal());
    assertEquals(Access.READ, hart.faultAccess());
    assertEquals(1, hart.register(A2), "neither loaded nor run on");
    assertEquals(2, hart.instructionsRetired());
  }

  @Test
  void illegalInstructionShowsItsBits() {
    assertEquals(Trap.ILLEGAL_INSTRUCTION, fixture.trapOf(0xffff_ffff));
    assertEquals(0xffff_ffff, hart.trappedInstruction());
    assertEquals(CODE, hart.pc());
    assertEquals(Trap.ILLEGAL_INSTRUCTION, fixture.trapOf(0));
    assertEquals(0, hart.trappedInstruction());
  }

  @Test
  void controlRegistersThatAreNotThereOrReadOnlyAreIllegal() {
    int readCycle = Assembler.i(0x73, 2, A2, 0, 0xc00);
    fixture.execute(readCycle);
    assertEquals(
        Trap.ILLEGAL_INSTRUCTION, fixture.trapOf(Assembler.i(0x73, 2, A2, A0, 0xc00)), "write");
    assertEquals(Trap.ILLEGAL_INSTRUCTION, fixture.trapOf(Assembler.i(0x73, 2, A2, 0, 0x300)));
    fixture.execute(Assembler.i(0x73, 2, A2, 0, 0xc01));
    assertTrue(hart.register(A2) != 0, "time runs");
  }

  @Test
  void retiredInstructionsAreExactWhenRead() {
    int readInstret = Assembler.i(0x73, 2, A2, 0, 0xc02);
    fixture.execute(0x13, 0x13, readInstret, 0x13);
    assertEquals(2, hart.register(A2));
    assertEquals(4, hart.instructionsRetired());
  }

  @Test
  void takenBranchesCountWhatRan() {
    fixture.execute(0x13, Assembler.b(0, 0, 0, 8), 0x13);
    assertEquals(2, hart.instructionsRetired());
  }

  @Test
  void floatingPointFlagsAreReadAndWrittenByTheirParts() {
    hart.setRegister(A0, 0xffff);
    fixture.execute(Assembler.i(0x73, 1, 0, A0, 3));
    assertEquals(0xff, hart.fcsr());
    fixture.execute(Assembler.i(0x73, 7, 0, 0x1e, 1));
    assertEquals(0xe1, hart.fcsr());
    fixture.execute(Assembler.i(0x73, 5, A2, 2, 2));
    assertEquals(0x41, hart.fcsr());
    assertEquals(7, hart.register(A2));
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS)
  void stopRequestEndsAnEndlessLoop() throws InterruptedException {
    fixture.write(CODE, LOOP);
    Thread stopper =
        new Thread(
            () -> {
              while (hart.instructionsRetired() == 0) {
                Thread.onSpinWait();
              }
              hart.requestStop();
            });
    stopper.start();
    assertEquals(Trap.STOP_REQUESTED, hart.run());
    stopper.join();
    assertEquals(CODE, hart.pc());
    assertTrue(fixture.cpu.polls > 0, "polled at every back edge");
  }

  @Test
  void stopRequestBeforeARunStopsThatRunOnce() {
    fixture.write(CODE, INCREMENT, Assembler.EBREAK);
    hart.requestStop();
    hart.requestStop();
    assertEquals(Trap.STOP_REQUESTED, hart.run());
    assertEquals(0, hart.register(A2));
    assertEquals(Trap.BREAKPOINT, hart.run());
  }

  @Test
  void interruptedAccessIsATrapAndCanBeRepeated() {
    hart.setRegister(A0, DATA);
    fixture.cpu.storeLong(DATA, 41);
    fixture.write(CODE, INCREMENT, LOAD, INCREMENT, Assembler.EBREAK);
    fixture.cpu.failNextLoad = new MemoryException(Errno.EINTR, "load", DATA, "interrupted");
    assertEquals(Trap.INTERRUPTED, hart.run());
    assertEquals(CODE + 4, hart.pc());
    assertEquals(Trap.BREAKPOINT, hart.run());
    assertEquals(42, hart.register(A2));
  }

  @Test
  void otherFailuresAreThrownWithExactState() {
    hart.setRegister(A0, DATA);
    fixture.write(CODE, INCREMENT, LOAD, INCREMENT, Assembler.EBREAK);
    fixture.cpu.failNextLoad = new MemoryException(Errno.ESRCH, "load", DATA, "closed");
    assertThrows(MemoryException.class, hart::run);
    assertEquals(CODE + 4, hart.pc());
    assertEquals(1, hart.instructionsRetired());
    assertFalse(fixture.cpu.isInside);
  }

  @Test
  void registersAreCopiedForANewThread() {
    hart.setRegister(A0, 1);
    hart.setFloatRegister(3, 2);
    hart.setFcsr(0x21);
    hart.setPc(CODE + 8);
    Hart other = new Hart(fixture.cpu);
    other.copyRegistersFrom(hart);
    assertEquals(1, other.register(A0));
    assertEquals(2, other.floatRegister(3));
    assertEquals(0x21, other.fcsr());
    assertEquals(CODE + 8, other.pc());
  }

  @Test
  void dumpNamesEveryRegister() {
    hart.setRegister(A0, 0xabc);
    String dump = hart.toString();
    assertTrue(dump.contains("a0   0000000000000abc"), dump);
    assertTrue(dump.contains("ft11"), dump);
    assertTrue(dump.contains("pc   0000000000010000"), dump);
  }
}
