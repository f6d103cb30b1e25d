/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mm4j.Extension;
import org.mm4j.KhugepagedTunables;
import org.mm4j.Pages;
import org.mm4j.SimulatedBuilder;
import org.mm4j.core.frame.ChunkedFrameMemory;
import org.mm4j.spi.FrameMemory;
import org.mm4j.spi.KernelSettings;

/** Collects the settings of a kernel, and checks them. Not thread-safe. */
public final class KernelBuilder implements SimulatedBuilder {
  private static final long NO_LIMIT = Long.MAX_VALUE;

  private long physicalBytes = 1L << 30;
  private int hugeOrder = LINUX_HUGE_ORDER;
  private int chunkShift = LINUX_CHUNK_SHIFT;
  private long memoryFileLimitBytes = NO_LIMIT;
  private long perFileLimitBytes = NO_LIMIT;
  private long accountLimitBytes = NO_LIMIT;
  private @Nullable String strategy;
  private @Nullable String policy;
  private @Nullable KhugepagedTunables tunables;
  private final List<Extension> extensions = new ArrayList<>();
  private final FeatureLoader features = new FeatureLoader();

  /** Creates a builder with the defaults. */
  public KernelBuilder() {}

  @Override
  public KernelBuilder physicalBytes(long bytes) {
    physicalBytes = requireBetween("physicalBytes", bytes, 1, 1L << 42);
    return this;
  }

  @Override
  public KernelBuilder hugeOrder(int order) {
    hugeOrder = (int) requireBetween("hugeOrder", order, 1, LINUX_HUGE_ORDER);
    return this;
  }

  @Override
  public KernelBuilder chunkShift(int shift) {
    chunkShift = (int) requireBetween("chunkShift", shift, 1, LINUX_CHUNK_SHIFT);
    return this;
  }

  @Override
  public KernelBuilder memoryFileLimitBytes(long bytes) {
    memoryFileLimitBytes = requireBetween("memoryFileLimitBytes", bytes, 0, NO_LIMIT);
    return this;
  }

  @Override
  public KernelBuilder perFileLimitBytes(long bytes) {
    perFileLimitBytes = requireBetween("perFileLimitBytes", bytes, 0, NO_LIMIT);
    return this;
  }

  @Override
  public KernelBuilder accountLimitBytes(long bytes) {
    accountLimitBytes = requireBetween("accountLimitBytes", bytes, 0, NO_LIMIT);
    return this;
  }

  @Override
  public KernelBuilder strategy(String name) {
    strategy = Objects.requireNonNull(name, "name");
    return this;
  }

  @Override
  public KernelBuilder policy(String name) {
    policy = Objects.requireNonNull(name, "name");
    return this;
  }

  @Override
  public KernelBuilder khugepaged(KhugepagedTunables settings) {
    tunables = Objects.requireNonNull(settings, "settings");
    return this;
  }

  @Override
  public KernelBuilder with(Extension extension) {
    extensions.add(Objects.requireNonNull(extension, "extension"));
    return this;
  }

  @Override
  public SimulatedKernel build() {
    long hugeBytes = (long) Pages.SIZE_BYTES << hugeOrder;
    if (physicalBytes % hugeBytes != 0) {
      throw new IllegalArgumentException(
          "physicalBytes is not a multiple of the huge-page size "
              + hugeBytes
              + ": "
              + physicalBytes);
    }
    KernelSettings settings =
        new KernelSettings(
            physicalBytes,
            hugeOrder,
            chunkShift,
            pages(memoryFileLimitBytes),
            pages(perFileLimitBytes),
            pages(accountLimitBytes),
            strategy,
            policy,
            tunables == null ? KhugepagedTunables.linux(hugeOrder) : tunables);
    List<Extension> given = List.copyOf(extensions);
    FrameMemory memory = frameMemory(given);
    boolean done = false;
    try {
      SimulatedKernel kernel = new SimulatedKernel(settings, memory, given);
      features.install(kernel, given);
      done = true;
      return kernel;
    } finally {
      if (!done) {
        memory.close();
      }
    }
  }

  private FrameMemory frameMemory(List<Extension> given) {
    List<FrameMemory> sources =
        given.stream().filter(FrameMemory.class::isInstance).map(FrameMemory.class::cast).toList();
    if (sources.size() > 1) {
      throw new IllegalArgumentException("two frame memories were given: " + sources);
    }
    return sources.isEmpty() ? ChunkedFrameMemory.sizedFor(physicalBytes) : sources.getFirst();
  }

  private static long pages(long bytes) {
    return bytes >>> Pages.SHIFT;
  }

  private static long requireBetween(String setting, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          setting + " is not between " + least + " and " + most + ": " + value);
    }
    return value;
  }
}
