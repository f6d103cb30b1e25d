/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.conformance;

import java.util.Map;
import java.util.Set;
import org.mm4j.MemorySystem;
import org.mm4j.linux.LinuxFeature;
import org.mm4j.linux.LinuxMemory;
import org.mm4j.linux.LinuxProbe;
import org.mm4j.linux.ThpSettings;
import org.mm4j.linux.ThpSettings.Setting;
import org.mm4j.testkit.RunningKernel;

/** A kernel that a contract is run on. */
enum Backend {
  /** The simulation, with room for a few huge pages. */
  SIMULATED {
    @Override
    MemorySystem open() {
      return MemorySystem.simulated().physicalBytes(64L << 20).build();
    }

    @Override
    AutoCloseable advisedHugePages() {
      return () -> {};
    }
  },

  /**
   * The kernel this JVM runs on; the test is skipped, with the reason, where it lacks something.
   */
  RUNNING {
    @Override
    MemorySystem open() {
      LinuxProbe probe = LinuxMemory.probe();
      for (LinuxFeature feature : NEEDED) {
        RunningKernel.require(probe.has(feature), () -> probe.explain(feature));
      }
      return LinuxMemory.open();
    }

    @Override
    AutoCloseable advisedHugePages() {
      LinuxProbe probe = LinuxMemory.probe();
      for (LinuxFeature feature :
          Set.of(
              LinuxFeature.HUGE_PAGE_SETTINGS, LinuxFeature.KERNEL, LinuxFeature.NATIVE_ACCESS)) {
        RunningKernel.require(probe.has(feature), () -> probe.explain(feature));
      }
      ThpSettings.Scope scope;
      try (LinuxMemory memory = LinuxMemory.open()) {
        scope = memory.hugePageSettings().change(Map.of(Setting.SHMEM_ENABLED, "advise"));
      }
      return scope;
    }
  };

  private static final Set<LinuxFeature> NEEDED =
      Set.of(
          LinuxFeature.NATIVE_ACCESS,
          LinuxFeature.KERNEL,
          LinuxFeature.MEMORY_FILES,
          LinuxFeature.SAFE_ACCESS,
          LinuxFeature.USERFAULTFD,
          LinuxFeature.SMAPS);

  /** Opens it. */
  abstract MemorySystem open();

  /**
   * Gives memory files huge pages where they are advised and nowhere else, as the simulation has
   * it, until it is closed.
   */
  abstract AutoCloseable advisedHugePages();
}
