/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.memory;

import java.util.Set;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Extension;
import org.mm4j.MapRequest;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.Pages;
import org.mm4j.SimulatedBuilder;

/**
 * A simulated kernel in this JVM: the same calls and the same answers, on any operating system.
 * Only the thread that mapped memory can read and write it.
 */
public final class SimulatedKernel implements Backend {
  private final MemorySystem memory;

  /**
   * Builds a simulated kernel.
   *
   * @param physicalBytes how much memory it has, rounded up to huge pages
   * @param extensions what it is given besides
   */
  public SimulatedKernel(long physicalBytes, Extension... extensions) {
    // 2 MiB is what a simulated kernel has unless told otherwise.
    long hugePageBytes = 2 << 20;
    SimulatedBuilder builder =
        MemorySystem.simulated().physicalBytes(Blocks.roundUp(physicalBytes, hugePageBytes));
    for (Extension extension : extensions) {
      builder.with(extension);
    }
    memory = builder.build();
  }

  @Override
  public String name() {
    return "the simulation";
  }

  @Override
  public boolean isReal() {
    return false;
  }

  @Override
  public MemorySystem system() {
    return memory;
  }

  @Override
  public HugeMemory map(String name, long sizeBytes, boolean populate) {
    long blockBytes = memory.capabilities().hugePageBytes();
    long wholeBlocks = Blocks.roundUp(sizeBytes, blockBytes);
    AddressSpace space = memory.newAddressSpace();
    MemoryFile file = memory.createMemoryFile(name, Set.of());
    try {
      file.truncate(wholeBlocks);
      AddressRange range =
          new AddressRange(space.map(MapRequest.shared(file, 0, wholeBlocks)), wholeBlocks);
      space.advise(range, Advice.HUGEPAGE);
      GuestMemory bytes = new GuestMemory(space, range);
      if (populate) {
        touchEveryPage(bytes);
      }
      return new HugeMemory(space, file, range, blockBytes, bytes);
    } catch (RuntimeException refused) {
      space.close();
      file.close();
      throw refused;
    }
  }

  private static void touchEveryPage(StoreMemory bytes) {
    for (long page = 0; page < bytes.sizeBytes(); page += Pages.SIZE_BYTES) {
      bytes.putLong(page, 0);
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
