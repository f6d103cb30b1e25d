/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class InterpreterTest {
  /** HotSpot's HugeMethodLimit: a longer method is never compiled. */
  private static final int HUGE_METHOD_BYTES = 8000;

  private static final int ROUNDS = 10;
  private static final int BLOCKS_PER_ROUND = 100_000;

  /** What the measurement itself may cost, far below one byte per block. */
  private static final long TOLERANCE_BYTES = 1000;

  @Test
  void theHotMethodIsSmallEnoughForTheCompiler() throws IOException {
    try (InputStream in = Interpreter.class.getResourceAsStream("Interpreter.class")) {
      assertNotNull(in);
      int longest =
          ClassFile.of().parse(in.readAllBytes()).methods().stream()
              .flatMap(method -> method.code().stream())
              .mapToInt(code -> ((CodeAttribute) code).codeLength())
              .max()
              .orElseThrow();
      assertTrue(longest < HUGE_METHOD_BYTES, () -> "execute has " + longest + " bytes");
    }
  }

  @Test
  void executionAllocatesNothing() {
    HartFixture fixture = new HartFixture();
    fixture.hart.setRegister(HartFixture.A1, HartFixture.DATA);
    int[] loop = {
      Assembler.s(0x23, 3, HartFixture.A1, HartFixture.A0, 0),
      Assembler.i(0x03, 3, HartFixture.A2, HartFixture.A1, 0),
      Assembler.r(0x2f, 3, 0, HartFixture.A2, HartFixture.A1, HartFixture.A0),
      Assembler.r(0x53, 0, 0x69, 1, HartFixture.A0, 2),
      Assembler.r(0x53, 0, 0x09, 2, 1, 1),
      Assembler.addi(HartFixture.A0, HartFixture.A0, -1),
      Assembler.b(1, HartFixture.A0, 0, -24),
      Assembler.EBREAK
    };
    fixture.write(HartFixture.CODE, loop);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    // The first rounds include what the JVM allocates while it links and compiles.
    long fewest = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      fewest = Math.min(fewest, allocationOf(fixture, threads, BLOCKS_PER_ROUND));
    }
    assertTrue(fewest < TOLERANCE_BYTES, fewest + " bytes for " + BLOCKS_PER_ROUND + " blocks");
  }

  private static long allocationOf(HartFixture fixture, ThreadMXBean threads, int blocks) {
    fixture.hart.setRegister(HartFixture.A0, blocks);
    fixture.hart.setPc(HartFixture.CODE);
    long before = threads.getCurrentThreadAllocatedBytes();
    Trap trap = fixture.hart.run();
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals(Trap.BREAKPOINT, trap);
    return allocated;
  }
}
