/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.mm4j.spi.FrameMemory;

/**
 * The physical memory of one world after the other: one chunk, zeroed for each, so that a world
 * costs neither an allocation nor the end of a shared arena. For one world at a time.
 */
final class ReusedFrames implements FrameMemory {
  private final MemorySegment chunk;

  /**
   * Allocates it.
   *
   * @param lengthBytes a power of two
   */
  ReusedFrames(long lengthBytes) {
    this.chunk = Arena.ofAuto().allocate(lengthBytes, lengthBytes);
  }

  @Override
  public long chunkBytes() {
    return chunk.byteSize();
  }

  @Override
  public MemorySegment newChunk() {
    return chunk.fill((byte) 0);
  }

  @Override
  public void close() {}
}
