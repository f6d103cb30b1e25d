/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.machine;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What can be chosen about a machine.
 *
 * @param strategy the name of the collapse strategy
 * @param memoryBytes the physical memory
 * @param hasDaemon whether khugepaged runs
 * @param scanSleepMillis its pause between rounds
 * @param pagesToScan the pages it looks at per round
 * @param advisesHugePages whether private anonymous memory is worth huge pages from the start
 * @param seed fixes the guest's random bytes
 * @param root the host's directory that is the guest's {@code /}, or null for the host's own root
 */
public record MachineOptions(
    String strategy,
    long memoryBytes,
    boolean hasDaemon,
    long scanSleepMillis,
    int pagesToScan,
    boolean advisesHugePages,
    OptionalLong seed,
    @Nullable Path root) {
  /** The name of the strategy that keeps every page right. */
  public static final String LINUX = "linux";

  /** What the command line starts from. */
  public static final MachineOptions STANDARD =
      new MachineOptions(LINUX, 1L << 30, true, 10, 4096, true, OptionalLong.empty(), null);

  /** The same with another strategy. */
  public MachineOptions withStrategy(String name) {
    return new MachineOptions(
        name, memoryBytes, hasDaemon, scanSleepMillis, pagesToScan, advisesHugePages, seed, root);
  }

  /** The same with a seed. */
  public MachineOptions withSeed(long fixed) {
    return new MachineOptions(
        strategy,
        memoryBytes,
        hasDaemon,
        scanSleepMillis,
        pagesToScan,
        advisesHugePages,
        OptionalLong.of(fixed),
        root);
  }

  /** The same with another root. */
  public MachineOptions withRoot(Path directory) {
    return new MachineOptions(
        strategy,
        memoryBytes,
        hasDaemon,
        scanSleepMillis,
        pagesToScan,
        advisesHugePages,
        seed,
        directory);
  }
}
