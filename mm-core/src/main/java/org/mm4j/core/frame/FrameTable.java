/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.frame;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mm4j.Pages;
import org.mm4j.sync.Slots;

/**
 * From a frame to its folio and its bytes (Linux: {@code mem_map}): per chunk one native segment
 * and one array with a reference per frame, both made when the chunk is. Readers take no lock.
 *
 * <p>A chunk's array is published before its segment, and neither is ever replaced.
 */
final class FrameTable {
  private final int chunkShift;
  private final int chunkMask;
  private final Object[] segments;
  private final Object[] owners;

  /**
   * Creates a table without chunks.
   *
   * @param chunkCount how many chunks there may be
   * @param chunkShift the binary logarithm of the frames in a chunk
   */
  FrameTable(int chunkCount, int chunkShift) {
    this.chunkShift = chunkShift;
    this.chunkMask = (1 << chunkShift) - 1;
    this.segments = new Object[chunkCount];
    this.owners = new Object[chunkCount];
  }

  /** Adds a chunk. For the holder of the buddy allocator's lock. */
  void addChunk(int chunk, MemorySegment segment) {
    Slots.set(owners, chunk, new Object[1 << chunkShift]);
    Slots.set(segments, chunk, segment);
  }

  /** Returns the folio that owns a frame now, or null. */
  @Nullable CoreFolio owner(int frame) {
    Object chunk = Slots.get(owners, frame >>> chunkShift);
    return chunk == null ? null : (CoreFolio) Slots.get((Object[]) chunk, frame & chunkMask);
  }

  /** Sets or clears the owner of frames in a row, all in one chunk that exists. */
  void setOwner(int frame, int frameCount, @Nullable CoreFolio folio) {
    Object[] chunk = ownersOf(frame);
    int first = frame & chunkMask;
    for (int i = first; i < first + frameCount; i++) {
      Slots.set(chunk, i, folio);
    }
  }

  /**
   * Returns the segment that contains a frame.
   *
   * @throws IllegalStateException if the chunk was never made
   */
  MemorySegment segment(int frame) {
    Object segment = Slots.get(segments, frame >>> chunkShift);
    if (segment == null) {
      throw new IllegalStateException("frame 0x" + Integer.toHexString(frame) + " was never used");
    }
    return (MemorySegment) segment;
  }

  /** Returns the offset of a frame in its segment, in bytes. */
  long offset(int frame) {
    return (long) (frame & chunkMask) << Pages.SHIFT;
  }

  /** Calls a visitor with each folio once, by frame. */
  void forEachOwner(Consumer<CoreFolio> visitor) {
    for (int chunk = 0; chunk < owners.length; chunk++) {
      Object array = Slots.get(owners, chunk);
      if (array == null) {
        continue;
      }
      int base = chunk << chunkShift;
      int i = 0;
      while (i <= chunkMask) {
        CoreFolio folio = (CoreFolio) Slots.get((Object[]) array, i);
        if (folio != null && folio.frame() == base + i) {
          visitor.accept(folio);
          i += folio.pageCount();
        } else {
          i++;
        }
      }
    }
  }

  private Object[] ownersOf(int frame) {
    Object chunk = Slots.get(owners, frame >>> chunkShift);
    if (chunk == null) {
      throw new IllegalStateException("frame 0x" + Integer.toHexString(frame) + " was never used");
    }
    return (Object[]) chunk;
  }
}
