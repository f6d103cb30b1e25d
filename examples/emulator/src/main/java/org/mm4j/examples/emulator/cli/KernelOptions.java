/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.mm4j.examples.emulator.machine.Machine;
import org.mm4j.examples.emulator.machine.MachineOptions;
import org.mm4j.examples.emulator.machine.Program;
import picocli.CommandLine.Option;

/** The options about the simulated kernel that several commands share. */
final class KernelOptions {
  private static final long LEAST_MEMORY = 8L << 20;
  private static final long MOST_MEMORY = 1L << 40;
  private static final long HUGE_PAGE_BYTES = 2L << 20;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "physical memory, such as 512M (default 1G)",
      converter = SizeConverter.class)
  private long memoryBytes = MachineOptions.STANDARD.memoryBytes();

  @Option(
      names = "--scan-sleep",
      paramLabel = "MILLIS",
      description = "khugepaged's pause between rounds (default 10)")
  private long scanSleepMillis = MachineOptions.STANDARD.scanSleepMillis();

  @Option(
      names = "--pages-to-scan",
      paramLabel = "N",
      description = "pages khugepaged looks at per round (default 4096)")
  private int pagesToScan = MachineOptions.STANDARD.pagesToScan();

  @Option(names = "--no-daemon", description = "without khugepaged")
  private boolean hasNoDaemon;

  @Option(
      names = "--no-hugepage-advice",
      description = "private anonymous memory does not get MADV_HUGEPAGE by itself")
  private boolean advisesNothing;

  KernelOptions() {}

  /**
   * Checks the options.
   *
   * @throws UserMistake if one is out of range
   */
  MachineOptions toOptions(String strategy, OptionalLong seed, @Nullable Path root) {
    if (memoryBytes < LEAST_MEMORY || memoryBytes > MOST_MEMORY) {
      throw new UserMistake("--memory must be between 8M and 1024G");
    }
    if (scanSleepMillis < 0) {
      throw new UserMistake("--scan-sleep must not be negative: " + scanSleepMillis);
    }
    if (pagesToScan < 1) {
      throw new UserMistake("--pages-to-scan must be at least 1: " + pagesToScan);
    }
    if (root != null && !Files.isDirectory(root)) {
      throw new UserMistake("--root: not a directory: " + root);
    }
    return new MachineOptions(
        strategy,
        memoryBytes & -HUGE_PAGE_BYTES,
        !hasNoDaemon,
        scanSleepMillis,
        pagesToScan,
        !advisesNothing,
        seed,
        root);
  }

  /**
   * Builds a machine.
   *
   * @throws UserMistake if there is no such strategy; the known ones are named
   */
  static Machine newMachine(MachineOptions options, Program program) {
    try {
      return new Machine(options, program);
    } catch (IllegalArgumentException mistake) {
      String message = mistake.getMessage();
      throw new UserMistake(message == null ? "an option is out of range" : message);
    }
  }
}
