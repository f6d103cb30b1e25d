/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import org.jspecify.annotations.Nullable;
import org.mm4j.Extension;
import org.mm4j.MemorySystem;
import org.mm4j.Pages;
import org.mm4j.SimulatedBuilder;
import org.mm4j.spi.CollapseInterceptor;
import org.mm4j.spi.CollapseSession;

/**
 * The kernels of the worlds of one plan, one after the other: the path is searched once, and the
 * physical memory is used again. For one living world at a time.
 */
final class KernelSource {
  private final SimulatedBuilder builder;
  private @Nullable CollapseInterceptor observer;

  KernelSource(WorldPlan plan) {
    long physicalBytes = physicalBytes(plan.size());
    builder =
        MemorySystem.simulated()
            .physicalBytes(physicalBytes)
            .hugeOrder(plan.size().hugeOrder())
            .chunkShift(plan.size().chunkShift())
            .with(new ReusedFrames(physicalBytes))
            .with((CollapseInterceptor) this::observe);
    if (plan.strategy() != null) {
      builder.with(plan.strategy());
    }
    for (Extension extension : plan.extensions()) {
      builder.with(extension);
    }
  }

  /** Memory for the file, its huge page, and what operations add. */
  private static long physicalBytes(WorldSize size) {
    long hugeBytes = (long) size.pages() * Pages.SIZE_BYTES;
    return size.hugeOrder() <= 3 ? 8 * hugeBytes : 4 * hugeBytes;
  }

  private CollapseSession observe(CollapseSession session) {
    return observer == null ? session : observer.intercept(session);
  }

  /**
   * Returns a new kernel.
   *
   * @param watching sees every session of it
   */
  MemorySystem next(CollapseInterceptor watching) {
    observer = watching;
    return builder.build();
  }
}
