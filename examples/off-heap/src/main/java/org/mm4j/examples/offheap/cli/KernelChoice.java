/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.mm4j.linux.LinuxFeature;
import org.mm4j.linux.LinuxProbe;

/** Which kernel the user wants. */
enum KernelChoice {
  /** The running one if it has what is needed, else the simulated one. */
  AUTO,
  /** The running one. */
  RUNNING,
  /** The simulated one. */
  SIMULATED;

  /** What the store does needs these; without the first four nothing can be mapped at all. */
  private static final List<LinuxFeature> NEEDED =
      List.of(
          LinuxFeature.KERNEL,
          LinuxFeature.NATIVE_ACCESS,
          LinuxFeature.MEMORY_FILES,
          LinuxFeature.SAFE_ACCESS,
          LinuxFeature.COLLAPSE,
          LinuxFeature.MEMORY_FILE_COLLAPSE,
          LinuxFeature.SMAPS);

  /** Returns what keeps the running kernel from being used, reason and remedy; empty if nothing. */
  static Optional<String> obstacle(LinuxProbe probe) {
    return NEEDED.stream()
        .filter(feature -> !probe.has(feature))
        .findFirst()
        .map(feature -> feature + ": " + probe.explain(feature));
  }

  /**
   * Returns whether the running kernel is to be used.
   *
   * @throws UserMistake if the user wants it and it cannot be
   */
  boolean usesRunningKernel(LinuxProbe probe) {
    Optional<String> obstacle = obstacle(probe);
    if (this == RUNNING && obstacle.isPresent()) {
      throw new UserMistake(
          "--kernel running: this machine lacks "
              + obstacle.get()
              + " (or use --kernel simulated)");
    }
    return this != SIMULATED && obstacle.isEmpty();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
