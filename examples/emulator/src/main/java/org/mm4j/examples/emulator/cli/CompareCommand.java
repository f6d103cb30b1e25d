/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.mm4j.examples.emulator.machine.GuestFiles;
import org.mm4j.examples.emulator.machine.MachineOptions;
import org.mm4j.examples.emulator.report.Comparison;
import org.mm4j.examples.emulator.report.CopyBaseline;
import org.mm4j.examples.emulator.report.MigrationOutcome;
import org.mm4j.examples.emulator.report.RunReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code compare}: the same migration with the two wrong strategies and the right one. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the same migration with pre-fix, seed-v2 and linux, and shows what broke.",
      "Exit status 0 if linux kept every page right and the other two did not."
    })
final class CompareCommand implements Callable<Integer> {
  private static final List<String> STRATEGIES = List.of("pre-fix", "seed-v2", "linux");

  private final Streams streams;

  @Mixin private KernelOptions kernel = new KernelOptions();
  @Mixin private MigrationOptions migration = new MigrationOptions();

  CompareCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws InterruptedException {
    List<String> arguments = migration.toArguments(GuestFiles.PROGRESS_FD);
    List<MigrationOutcome> outcomes = new ArrayList<>();
    for (String strategy : STRATEGIES) {
      MachineOptions options = kernel.toOptions(strategy, OptionalLong.of(migration.seed()), null);
      outcomes.add(Migration.run(streams, options, arguments).outcome());
    }
    Comparison comparison = new Comparison(outcomes);
    streams
        .out()
        .printf(
            "A post-copy migration of %d ranges of 2 MiB, seed %d, three times.%n"
                + "The seed fixes contents, order of requests and sizes; the timing of the threads"
                + " is this machine's.%n%n",
            migration.ranges(), migration.seed());
    streams.out().print(comparison.table());
    streams.out().println();
    streams.out().println("linux:");
    streams.out().print(RunReport.of(outcomes.getLast().run(), CopyBaseline.measureNanos()));
    streams.out().println();
    streams.out().println(comparison.sentence());
    return comparison.isAsExpected() ? 0 : 1;
  }
}
