/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.mm4j.Pages;
import org.mm4j.spi.FrameMemory;

/** A pool whose host refuses a chunk in a way it should not. */
final class FailingChunkTest {
  @Test
  void aFailingChunkLosesNoFrame() {
    ChunkedFrameMemory chunks = new ChunkedFrameMemory(16L * Pages.SIZE_BYTES);
    FrameMemory onlyOne =
        new FrameMemory() {
          private int made;

          @Override
          public long chunkBytes() {
            return chunks.chunkBytes();
          }

          @Override
          public MemorySegment newChunk() {
            if (made++ > 0) {
              throw new IllegalStateException("injected");
            }
            return chunks.newChunk();
          }

          @Override
          public void close() {
            chunks.close();
          }
        };
    try (FramePool pool = new FramePool(onlyOne, 32L * Pages.SIZE_BYTES, Pools.ORDER)) {
      assertThrows(IllegalStateException.class, () -> pool.allocate(0, null));
      assertEquals(pool.totalFrames(), pool.freeFrames());
    }
  }
}
