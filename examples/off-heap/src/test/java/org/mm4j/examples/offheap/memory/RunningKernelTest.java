/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.memory;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.mm4j.linux.LinuxFeature;
import org.mm4j.linux.LinuxMemory;
import org.mm4j.linux.LinuxProbe;
import org.mm4j.testkit.RunningKernel;

/** The contract on real huge pages. */
@Tag("kernel")
final class RunningKernelTest extends HugeMemoryContract {
  @Override
  Backend open() {
    LinuxProbe probe = LinuxMemory.probe();
    for (LinuxFeature feature :
        new LinuxFeature[] {LinuxFeature.MEMORY_FILE_COLLAPSE, LinuxFeature.SMAPS}) {
      RunningKernel.require(probe.has(feature), () -> probe.explain(feature));
    }
    return new org.mm4j.examples.offheap.memory.RunningKernel();
  }

  /** The machine's settings may make more of a touch than the page. */
  @Override
  void assertTouched(int pages, int resident) {
    assertTrue(resident >= pages, resident + " pages");
  }
}
