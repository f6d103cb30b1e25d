/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.util.function.Supplier;
import org.mm4j.MemorySystem;

/** The simulated kernel: a new one for each scenario. */
public final class SimulatedSide implements Side {
  private static final long PHYSICAL_BYTES = 128L << 20;

  private final Supplier<MemorySystem> kernels;

  /** Creates a side with the kernel as it is. */
  public SimulatedSide() {
    this(() -> MemorySystem.simulated().physicalBytes(PHYSICAL_BYTES).build());
  }

  /**
   * Creates a side with other kernels.
   *
   * @param kernels makes a kernel, with room for a few dozen huge pages
   */
  public SimulatedSide(Supplier<MemorySystem> kernels) {
    this.kernels = kernels;
  }

  @Override
  public String name() {
    return "simulated";
  }

  @Override
  public SideRun begin() {
    return new SimulatedRun(kernels.get());
  }
}
