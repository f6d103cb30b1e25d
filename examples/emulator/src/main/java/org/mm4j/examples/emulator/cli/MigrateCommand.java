/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.cli;

import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.mm4j.examples.emulator.machine.GuestFiles;
import org.mm4j.examples.emulator.machine.MachineOptions;
import org.mm4j.examples.emulator.report.CopyBaseline;
import org.mm4j.examples.emulator.report.RunReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code migrate}: the post-copy migration with one strategy. */
@Command(
    name = "migrate",
    mixinStandardHelpOptions = true,
    description =
        "Migrates a machine's memory while it is collapsed; exit status 0 only if every page was right.")
final class MigrateCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private KernelOptions kernel = new KernelOptions();
  @Mixin private MigrationOptions migration = new MigrationOptions();

  @Option(
      names = "--strategy",
      paramLabel = "NAME",
      description = "collapse strategy: linux (default), seed-v2, pre-fix, or a plug-in's")
  private String strategy = MachineOptions.LINUX;

  @Option(
      names = "--report",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "figures at the end (default)")
  private boolean reports;

  MigrateCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws InterruptedException {
    MachineOptions options = kernel.toOptions(strategy, OptionalLong.of(migration.seed()), null);
    Migration run = Migration.run(streams, options, migration.toArguments(GuestFiles.PROGRESS_FD));
    streams.out().print(run.output());
    if (reports) {
      streams.out().println();
      streams.out().print(RunReport.of(run.outcome().run(), CopyBaseline.measureNanos()));
    }
    return run.outcome().run().status().shellStatus();
  }
}
