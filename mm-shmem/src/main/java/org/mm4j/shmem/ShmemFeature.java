/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import org.mm4j.core.cache.XArrayPageCache;
import org.mm4j.core.vma.IntervalReverseMap;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.KernelFeature;
import org.mm4j.spi.KernelSettings;

/** Gives memory files to a kernel. Thread-safe; one feature may serve several kernels. */
public final class ShmemFeature implements KernelFeature {
  /** Creates the feature; {@link java.util.ServiceLoader} does, too. */
  public ShmemFeature() {}

  @Override
  public String name() {
    return "shmem";
  }

  @Override
  public void install(Kernel kernel) {
    KernelSettings settings = kernel.settings();
    kernel.provideMemoryFiles(
        new ShmemFiles(
            kernel,
            fileName -> new XArrayPageCache(fileName, settings.chunkShift()),
            fileName ->
                new IntervalReverseMap(fileName, settings.hugeOrder(), kernel::newTlbBatch)));
  }
}
