/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

import org.jspecify.annotations.Nullable;
import org.mm4j.MemorySystem;
import org.mm4j.Pages;
import org.mm4j.spi.FolioAllocator;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.KernelFeature;

/** The folios of a small simulated kernel, for suites that have no other use for one. */
final class BorrowedFolios implements AutoCloseable {
  private static final int HUGE_ORDER = 3;
  private static final int CHUNK_SHIFT = 2;
  private static final long FRAMES = 256;

  private @Nullable Lender lender;

  FolioAllocator allocator() {
    if (lender == null) {
      lender = new Lender();
      lender.start();
    }
    return lender.allocator();
  }

  @Override
  public void close() {
    if (lender != null) {
      lender.stop();
      lender = null;
    }
  }

  /** Looks at the kernel while it is built. */
  private static final class Lender implements KernelFeature {
    private @Nullable Kernel kernel;
    private @Nullable MemorySystem system;

    void start() {
      system =
          MemorySystem.simulated()
              .physicalBytes(FRAMES * Pages.SIZE_BYTES)
              .hugeOrder(HUGE_ORDER)
              .chunkShift(CHUNK_SHIFT)
              .with(this)
              .build();
    }

    @Override
    public String name() {
      return "lender of folios";
    }

    @Override
    public void install(Kernel installing) {
      kernel = installing;
    }

    FolioAllocator allocator() {
      if (kernel == null) {
        throw new IllegalStateException("the kernel was not built");
      }
      return kernel.folios();
    }

    void stop() {
      if (system != null) {
        system.close();
      }
    }
  }
}
