/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.mm4j.AddressRange;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.Protection;
import org.mm4j.spi.FrameMemory;

/**
 * Frames of a simulated kernel on huge pages of the running one: each chunk is mapped, aligned and
 * advised before its first touch. Thread-safe.
 *
 * <pre>{@code
 * MemorySystem.simulated().with(new HugeFrameMemory(linux, 32 << 20)).build()
 * }</pre>
 */
public final class HugeFrameMemory implements FrameMemory {
  private final LinuxAddressSpace space;
  private final long chunkBytes;

  /**
   * Creates a source of chunks.
   *
   * @param linux the running kernel; it must outlive this
   * @param chunkBytes the size of a chunk, a power of two and at least a huge page
   */
  public HugeFrameMemory(LinuxMemory linux, long chunkBytes) {
    if (Long.bitCount(chunkBytes) != 1 || chunkBytes < linux.capabilities().hugePageBytes()) {
      throw new IllegalArgumentException("no chunk size: " + chunkBytes);
    }
    this.space = linux.newAddressSpace();
    this.chunkBytes = chunkBytes;
  }

  @Override
  public long chunkBytes() {
    return chunkBytes;
  }

  @Override
  public MemorySegment newChunk() {
    try {
      long address =
          space.mapHuge(
              new MapRequest(
                  0,
                  chunkBytes,
                  Set.of(Protection.READ, Protection.WRITE),
                  Set.of(MapFlag.PRIVATE, MapFlag.ANONYMOUS),
                  null,
                  0));
      return space.view(new AddressRange(address, chunkBytes)).segment();
    } catch (MemoryException e) {
      OutOfMemoryError none = new OutOfMemoryError("no memory for another chunk");
      none.initCause(e);
      throw none;
    }
  }

  /** Gives all chunks back. A segment in use at this moment keeps its chunk. */
  @Override
  public void close() {
    space.close();
  }
}
