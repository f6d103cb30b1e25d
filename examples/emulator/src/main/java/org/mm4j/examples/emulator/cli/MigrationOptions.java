/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options of the migration guest that can be chosen. */
final class MigrationOptions {
  private static final int MOST_RANGES = 512;
  private static final int MOST_READERS = 16;
  private static final Set<String> REGISTRATIONS = Set.of("mixed", "partial", "whole");

  @Option(
      names = "--ranges",
      paramLabel = "N",
      description = "2 MiB ranges to migrate, 1 to 512 (default 8)")
  private int ranges = 8;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "fixes contents, order of requests and sizes (default 1)")
  private long seed = 1;

  @Option(
      names = "--readers",
      paramLabel = "N",
      description = "threads that use the memory, 1 to 16 (default 1)")
  private int readers = 1;

  @Option(
      names = "--registration",
      paramLabel = "KIND",
      description = "which pages are watched: mixed, partial, whole (default mixed)")
  private String registration = "mixed";

  MigrationOptions() {}

  long seed() {
    return seed;
  }

  int ranges() {
    return ranges;
  }

  List<String> toArguments(int progressFd) {
    require(ranges >= 1 && ranges <= MOST_RANGES, "--ranges must be 1 to 512: " + ranges);
    require(readers >= 1 && readers <= MOST_READERS, "--readers must be 1 to 16: " + readers);
    require(seed >= 0, "--seed must not be negative: " + seed);
    require(
        REGISTRATIONS.contains(registration),
        "--registration must be mixed, partial or whole: " + registration);
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--ranges", "" + ranges, "--seed", "" + seed));
    arguments.addAll(List.of("--readers", "" + readers, "--registration", registration));
    arguments.addAll(List.of("--progress-fd", "" + progressFd));
    return arguments;
  }

  private static void require(boolean isRight, String mistake) {
    if (!isRight) {
      throw new UserMistake(mistake);
    }
  }
}
