/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.memory;

import java.util.EnumSet;
import java.util.Set;
import org.mm4j.AddressRange;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.MemoryFile;
import org.mm4j.Protection;
import org.mm4j.linux.LinuxAddressSpace;
import org.mm4j.linux.LinuxMemory;

/** Real huge pages of the running kernel, read and written like any off-heap memory. */
public final class RunningKernel implements Backend {
  private final LinuxMemory memory = LinuxMemory.open();

  /**
   * Opens the running kernel.
   *
   * @throws IllegalStateException if this machine lacks what is needed; the message names the
   *     reason and the remedy
   */
  public RunningKernel() {}

  @Override
  public String name() {
    return "the running kernel, Linux " + memory.features().kernelRelease();
  }

  @Override
  public boolean isReal() {
    return true;
  }

  @Override
  public LinuxMemory system() {
    return memory;
  }

  @Override
  public HugeMemory map(String name, long sizeBytes, boolean populate) {
    long blockBytes = memory.capabilities().hugePageBytes();
    long wholeBlocks = Blocks.roundUp(sizeBytes, blockBytes);
    LinuxAddressSpace space = memory.newAddressSpace();
    MemoryFile file = memory.createMemoryFile(name, Set.of());
    try {
      file.truncate(wholeBlocks);
      long address = space.mapHuge(request(file, wholeBlocks, populate));
      AddressRange range = new AddressRange(address, wholeBlocks);
      SegmentMemory bytes = new SegmentMemory(space.view(range).segment());
      return new HugeMemory(space, file, range, blockBytes, bytes);
    } catch (RuntimeException refused) {
      space.close();
      file.close();
      throw refused;
    }
  }

  private static MapRequest request(MemoryFile file, long lengthBytes, boolean populate) {
    Set<MapFlag> flags = EnumSet.of(MapFlag.SHARED);
    if (populate) {
      flags.add(MapFlag.POPULATE);
    }
    Set<Protection> protection = EnumSet.of(Protection.READ, Protection.WRITE);
    return new MapRequest(0, lengthBytes, protection, flags, file, 0);
  }

  @Override
  public void close() {
    memory.close();
  }
}
