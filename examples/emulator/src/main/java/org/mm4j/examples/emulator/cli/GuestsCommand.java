/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.cli;

import java.util.Map;
import org.mm4j.examples.emulator.machine.Program;
import picocli.CommandLine.Command;

/** {@code guests}: lists the bundled programs. */
@Command(
    name = "guests",
    mixinStandardHelpOptions = true,
    description = "Lists the bundled guest programs.")
final class GuestsCommand implements Runnable {
  private static final Map<String, String> DESCRIPTIONS =
      Map.of(
          "compute", "a self-checking benchmark: lists, matrices, a state machine, a CRC",
          "faulty", "goes wrong in the way its argument names",
          "memory", "what a program sees of its memory, check by check",
          "migration", "a post-copy migration while its memory is collapsed",
          "signals", "faults in handlers, blocked signals, interrupted calls, cancelled threads",
          "threads", "mutexes, condition variables, barriers, atomics on a shared heap");

  private final Streams streams;

  GuestsCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public void run() {
    for (String name : Program.bundledNames()) {
      streams.out().printf("%-10s %s%n", name, DESCRIPTIONS.getOrDefault(name, ""));
    }
  }
}
