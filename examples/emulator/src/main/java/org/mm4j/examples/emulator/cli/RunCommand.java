/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mm4j.examples.emulator.elf.ElfException;
import org.mm4j.examples.emulator.machine.GuestFiles;
import org.mm4j.examples.emulator.machine.Machine;
import org.mm4j.examples.emulator.machine.MachineOptions;
import org.mm4j.examples.emulator.machine.Program;
import org.mm4j.examples.emulator.machine.ProgramException;
import org.mm4j.examples.emulator.machine.RunResult;
import org.mm4j.examples.emulator.report.CopyBaseline;
import org.mm4j.examples.emulator.report.CrashText;
import org.mm4j.examples.emulator.report.RunReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code run PROGRAM ARGS...}: any static riscv64 program; its exit status is passed on. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs a program; its exit status is passed on, 128 + N for signal N.")
final class RunCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private KernelOptions kernel = new KernelOptions();

  @Option(
      names = "--strategy",
      paramLabel = "NAME",
      description = "collapse strategy (default linux)")
  private String strategy = MachineOptions.LINUX;

  @Option(names = "--seed", paramLabel = "N", description = "fixes the random bytes the guest gets")
  private @Nullable Long seed;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "directory that is the guest's /, read-only (default the host's /)")
  private @Nullable Path root;

  @Option(names = "--report", negatable = true, description = "figures at the end, on stderr")
  private boolean reports;

  @Parameters(
      index = "0",
      paramLabel = "PROGRAM",
      description = "a file, or the name of a bundled guest")
  private String name = "";

  @Parameters(index = "1..*", paramLabel = "ARGS", description = "the program's arguments")
  private List<String> arguments = new ArrayList<>();

  RunCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws InterruptedException {
    MachineOptions options =
        kernel.toOptions(
            strategy, seed == null ? OptionalLong.empty() : OptionalLong.of(seed), root);
    try (Machine machine = KernelOptions.newMachine(options, Program.find(name))) {
      RunResult result =
          machine.run(arguments, new GuestFiles(streams.in(), streams.out(), streams.err()));
      tell(result);
      return result.status().shellStatus();
    } catch (ProgramException | ElfException mistake) {
      throw new UserMistake(String.valueOf(mistake.getMessage()));
    }
  }

  private void tell(RunResult result) {
    if (result.crash() != null) {
      streams.err().print("mm4j: " + CrashText.of(result.crash()));
    }
    if (reports) {
      streams.err().print(RunReport.of(result, CopyBaseline.measureNanos()));
    } else {
      result
          .unknownCalls()
          .forEach(
              (number, count) ->
                  streams
                      .err()
                      .println(
                          "mm4j: system call "
                              + number
                              + " is not there; answered ENOSYS "
                              + count
                              + " times"));
    }
  }
}
