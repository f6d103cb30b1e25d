/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.frame;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.mm4j.Pages;
import org.mm4j.spi.FrameMemory;

/**
 * Frames from the host's ordinary native memory, one chunk at a time.
 *
 * <p>Each chunk is aligned to 2 MiB, so that a host with transparent huge pages may back it with
 * them. No restricted method is used. Thread-safe.
 */
public final class ChunkedFrameMemory implements FrameMemory {
  /** The size of a chunk unless another one is asked for: 32 MiB. */
  public static final long DEFAULT_CHUNK_BYTES = 32L << 20;

  private static final long HUGE_BYTES = 2L << 20;

  private final long chunkBytes;
  private final Arena arena = Arena.ofShared();

  /** Creates a memory of chunks of {@value #DEFAULT_CHUNK_BYTES} bytes. */
  public ChunkedFrameMemory() {
    this(DEFAULT_CHUNK_BYTES);
  }

  /**
   * Creates a memory; no chunk is made.
   *
   * @param chunkBytes the size of a chunk in bytes, a power of two of at least one page
   */
  public ChunkedFrameMemory(long chunkBytes) {
    if (chunkBytes < Pages.SIZE_BYTES || Long.bitCount(chunkBytes) != 1) {
      throw new IllegalArgumentException("chunkBytes is not a power of two: " + chunkBytes);
    }
    this.chunkBytes = chunkBytes;
  }

  /**
   * Returns a memory whose chunks suit a physical size: {@value #DEFAULT_CHUNK_BYTES} bytes, or
   * less for a smaller world.
   *
   * @param physicalBytes the physical size in bytes, positive
   */
  public static ChunkedFrameMemory sizedFor(long physicalBytes) {
    long chunk = Pages.SIZE_BYTES;
    while (chunk < DEFAULT_CHUNK_BYTES && chunk < physicalBytes) {
      chunk <<= 1;
    }
    return new ChunkedFrameMemory(chunk);
  }

  @Override
  public long chunkBytes() {
    return chunkBytes;
  }

  @Override
  public MemorySegment newChunk() {
    return arena.allocate(chunkBytes, Math.min(chunkBytes, HUGE_BYTES));
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  @Override
  public String toString() {
    return "frame memory in chunks of " + chunkBytes + " bytes";
  }
}
