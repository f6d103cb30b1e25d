/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import org.mm4j.spi.Kernel;
import org.mm4j.spi.KernelFeature;

/**
 * Makes every memory file of a simulated kernel a {@link BlockStore}:
 *
 * <pre>{@code
 * MemorySystem.simulated().with(new BlockStoreFeature()).build()
 * }</pre>
 *
 * <p>Everything else of the kernel stays as it is: address spaces map stores, userfaultfds watch
 * them, and the built-in strategies collapse their blocks. Thread-safe; one feature may serve
 * several kernels.
 */
public final class BlockStoreFeature implements KernelFeature {
  /** Creates the feature. */
  public BlockStoreFeature() {}

  /** Returns the name of the feature that it replaces. */
  @Override
  public String name() {
    return "shmem";
  }

  @Override
  public void install(Kernel kernel) {
    kernel.provideMemoryFiles(new BlockStores(kernel));
  }
}
