/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import java.lang.foreign.MemorySegment;
import org.mm4j.Extension;

/**
 * Where frames come from: native memory in chunks, each taken from the host when it is first used.
 * Thread-safe.
 */
public interface FrameMemory extends Extension, AutoCloseable {
  /** Returns the size of a chunk in bytes, a power of two, at least the largest huge page. */
  long chunkBytes();

  /**
   * Returns a new chunk of zeroed native memory, aligned to its huge pages.
   *
   * @throws OutOfMemoryError if the host has none
   */
  MemorySegment newChunk();

  /** Gives all chunks back. */
  @Override
  void close();
}
