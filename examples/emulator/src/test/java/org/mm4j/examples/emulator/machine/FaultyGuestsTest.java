/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.examples.emulator.elf.ElfException;
import org.mm4j.examples.emulator.elf.ElfFile;
import org.mm4j.examples.emulator.elf.ElfImage;
import org.mm4j.examples.emulator.process.ExitStatus;
import org.mm4j.examples.emulator.report.CrashText;

/** A guest that goes wrong ends, with the right status and a report that says where. */
final class FaultyGuestsTest {
  static Stream<Arguments> faults() {
    return Stream.of(
        arguments("null-read", 11, "read at 0x10: nothing is mapped there"),
        arguments("wild-jump", 11, "fetch at 0x66666000: nothing is mapped there"),
        arguments("read-only-write", 11, "the mapping does not permit it"),
        arguments("beyond-eof", 7, "beyond the end of the file"),
        arguments("illegal", 4, "illegal instruction"),
        arguments("abort", 6, "SIGABRT"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultEndsTheGuestWithAReport(String name, int signal, String told)
      throws InterruptedException {
    GuestRun run = GuestRun.ofBundled("faulty", name);
    assertEquals(GuestRun.expected("faulty-" + name), run.output());
    assertEquals(128 + signal, run.result().status().shellStatus());
    assertNotNull(run.result().crash());
    String report = CrashText.of(run.result().crash());
    assertTrue(report.contains(told), report);
    assertTrue(report.contains("at pc 0x"), report);
    assertTrue(report.contains("sp   "), report);
  }

  @Test
  void anUnknownSystemCallIsAnsweredAndCounted() throws InterruptedException {
    GuestRun run = GuestRun.ofBundled("faulty", "unknown-syscall");
    assertEquals(GuestRun.expected("faulty-unknown-syscall"), run.output());
    assertEquals(0, run.result().status().shellStatus());
    assertNull(run.result().crash());
    assertEquals(Map.of(4000L, 1L), run.result().unknownCalls());
  }

  /** {@code li a0, 41; li a7, 94; ecall}. */
  @Test
  void theExitStatusIsPassedOn() throws Exception {
    assertEquals(41, statusOf(0x02900513, 0x05e00893, 0x00000073).shellStatus());
  }

  /** {@code li a0, 300; li a7, 93; ecall}: the last thread's exit ends the process. */
  @Test
  void theLastThreadEndsTheProcess() throws Exception {
    assertEquals(300 & 0xff, statusOf(0x12c00513, 0x05d00893, 0x00000073).shellStatus());
  }

  /** {@code ebreak}. */
  @Test
  void aBreakpointIsSigtrap() throws Exception {
    assertEquals(5, statusOf(0x00100073).signal());
  }

  private static ExitStatus statusOf(int... instructions)
      throws ElfException, InterruptedException {
    Program program = new Program("test", ElfFile.parse(ElfImage.running(instructions)), null);
    return GuestRun.of(MachineOptions.STANDARD, program).result().status();
  }
}
