/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.mm4j.UffdFeature;

/**
 * What this machine has, and for each missing thing the reason and the remedy.
 *
 * @param kernelRelease the kernel's release, or empty if it is not Linux
 * @param features every feature
 * @param userfaultfdFeatures what the kernel's userfaultfd can do; empty without {@link
 *     LinuxFeature#USERFAULTFD}
 * @param hugePageBytes the size of a huge page; 2 MiB if the kernel does not say
 */
public record LinuxProbe(
    String kernelRelease,
    Map<LinuxFeature, Availability> features,
    Set<UffdFeature> userfaultfdFeatures,
    long hugePageBytes) {
  /** Copies the collections. */
  public LinuxProbe {
    features = Collections.unmodifiableMap(new EnumMap<>(features));
    userfaultfdFeatures = Set.copyOf(userfaultfdFeatures);
  }

  /** Returns whether a feature is there. */
  public boolean has(LinuxFeature feature) {
    return features.get(feature) instanceof Availability.Available;
  }

  /** Returns whether {@link LinuxMemory#open()} will work. */
  public boolean canOpen() {
    return LinuxMemory.NEEDED.stream().allMatch(this::has);
  }

  /** Returns why a feature is not there and what would help; empty if it is there. */
  public String explain(LinuxFeature feature) {
    return features.get(feature) instanceof Availability.Missing missing
        ? missing.reason() + "; " + missing.remedy()
        : "";
  }

  /** Returns one line per feature, for people. */
  @Override
  public String toString() {
    String lines =
        features.keySet().stream()
            .map(
                feature ->
                    "  " + feature + ": " + (has(feature) ? "yes" : "no: " + explain(feature)))
            .collect(Collectors.joining("\n"));
    return "kernel " + (kernelRelease.isEmpty() ? "unknown" : kernelRelease) + "\n" + lines;
  }
}
