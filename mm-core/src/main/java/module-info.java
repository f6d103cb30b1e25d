/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The mechanism of the simulated kernel: frames, page cache, VMAs, page tables, faults.
 *
 * <p>Users need nothing of it but its presence: {@code MemorySystem.simulated()} finds it. What it
 * exports is for kinds of files: the page cache, the reverse map, and the frames of a kernel.
 */
module org.mm4j.core {
  requires transitive org.mm4j.api;
  requires org.slf4j;
  requires static org.jspecify;

  exports org.mm4j.core.cache;
  exports org.mm4j.core.frame;
  exports org.mm4j.core.vma;
  exports org.mm4j.core.xarray;

  uses org.mm4j.spi.KernelFeature;

  provides org.mm4j.MemorySystemProvider with
      org.mm4j.core.kernel.SimulatedKernelProvider;
}
