/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.kernel;

import org.mm4j.MemorySystemProvider;
import org.mm4j.SimulatedBuilder;

/** Lets {@code MemorySystem.simulated()} find this module. */
public final class SimulatedKernelProvider implements MemorySystemProvider {
  /** For the service loader. */
  public SimulatedKernelProvider() {}

  @Override
  public SimulatedBuilder newBuilder() {
    return new KernelBuilder();
  }
}
