/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The contract on the simulation. */
final class SimulatedKernelTest extends HugeMemoryContract {
  @Override
  Backend open() {
    return new SimulatedKernel(32 << 20);
  }

  @Override
  void assertTouched(int pages, int resident) {
    assertEquals(pages, resident);
  }
}
