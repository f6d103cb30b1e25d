/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.frame;

import java.util.Arrays;

/**
 * The binary buddy allocator: free blocks of {@code 2^order} frames, each aligned to its size,
 * split on demand and merged with their neighbour when both are free.
 *
 * <p>A free block is a node of its order's list through two int links of its first frame; {@code
 * kind} says of a first frame what it begins. No object per frame or block; nine bytes per frame of
 * a chunk that was made, nothing for the others. Each operation takes at most as many steps as
 * there are orders.
 *
 * <pre>
 *   (no chunk) --addChunk--> free, top order --split--> free, lower order --take--> taken
 *                                  ^                          |  ^                    |
 *                                  +----------merge-----------+  +--------give--------+
 * </pre>
 *
 * <p>Not thread-safe: guarded by the lock of {@link FramePool}.
 */
final class BuddyAllocator {
  /** No frame. */
  static final int NONE = -1;

  /** Bytes of metadata per frame: two links and a kind. */
  static final int BYTES_PER_FRAME = 2 * Integer.BYTES + Byte.BYTES;

  private static final byte INNER = 0;
  private static final byte FREE = 0x20;
  private static final byte TAKEN = 0x40;

  private final int topOrder;
  private final int totalFrames;
  private final int chunkShift;
  private final int chunkMask;
  private final int[][] next;
  private final int[][] previous;
  private final byte[][] kind;
  private final int[] heads;
  private int chunksMade;
  private long freeFrames;

  /**
   * Creates an allocator without chunks, that is without free frames.
   *
   * @param totalFrames the frames of all chunks; the last one may be used in part
   * @param topOrder the greatest order
   * @param chunkShift the binary logarithm of the frames in a chunk, at least {@code topOrder}
   */
  BuddyAllocator(int totalFrames, int topOrder, int chunkShift) {
    this.totalFrames = totalFrames;
    this.topOrder = topOrder;
    this.chunkShift = chunkShift;
    this.chunkMask = (1 << chunkShift) - 1;
    int chunkCount = (int) (((long) totalFrames + chunkMask) >>> chunkShift);
    this.next = new int[chunkCount][];
    this.previous = new int[chunkCount][];
    this.kind = new byte[chunkCount][];
    this.heads = new int[topOrder + 1];
    Arrays.fill(heads, NONE);
  }

  int chunkCount() {
    return next.length;
  }

  int chunksMade() {
    return chunksMade;
  }

  /** Returns the free frames of the chunks made. */
  long freeFrames() {
    return freeFrames;
  }

  /** Returns the frames of chunks that were not made yet. */
  long untouchedFrames() {
    return totalFrames - Math.min(totalFrames, (long) chunksMade << chunkShift);
  }

  /** Makes the next chunk's frames free. */
  void addChunk() {
    int chunk = chunksMade;
    int size = 1 << chunkShift;
    next[chunk] = new int[size];
    previous[chunk] = new int[size];
    kind[chunk] = new byte[size];
    chunksMade++;
    int first = chunk << chunkShift;
    int block = 1 << topOrder;
    int end = (int) Math.min(totalFrames, (long) first + size);
    // Pushed from the end, so that the lowest frame is handed out first.
    for (int frame = end - block; frame >= first; frame -= block) {
      push(frame, topOrder);
    }
    freeFrames += end - first;
  }

  /** Takes a block; {@link #NONE} if there is none in the chunks made. */
  int take(int order) {
    int from = order;
    while (from <= topOrder && heads[from] == NONE) {
      from++;
    }
    if (from > topOrder) {
      return NONE;
    }
    int frame = heads[from];
    unlink(frame, from);
    while (from > order) {
      from--;
      push(frame + (1 << from), from);
    }
    setKind(frame, (byte) (TAKEN + order));
    freeFrames -= 1L << order;
    return frame;
  }

  /**
   * Gives a block back.
   *
   * @throws IllegalStateException if no block of this order was taken there
   */
  void give(int frame, int order) {
    requireTaken(frame, order);
    int first = frame;
    int merged = order;
    while (merged < topOrder) {
      int buddy = first ^ (1 << merged);
      if (kindOf(buddy) != FREE + merged) {
        break;
      }
      unlink(buddy, merged);
      setKind(first, INNER);
      setKind(buddy, INNER);
      first &= ~(1 << merged);
      merged++;
    }
    push(first, merged);
    freeFrames += 1L << order;
  }

  /**
   * Cuts a taken block into smaller ones, each of which is given back by itself.
   *
   * @param orders of the smaller blocks, in the order of their frames; together as large as it
   * @throws IllegalStateException if no block of this order was taken there
   * @throws IllegalArgumentException if the smaller ones are not aligned, or not as large as it
   */
  void divide(int frame, int order, int[] orders) {
    requireTaken(frame, order);
    requireParts(order, orders);
    int first = frame;
    for (int part : orders) {
      setKind(first, (byte) (TAKEN + part));
      first += 1 << part;
    }
  }

  private static void requireParts(int order, int[] orders) {
    long pages = 0;
    boolean aligned = true;
    for (int part : orders) {
      aligned &= part >= 0 && part <= order && pages % (1L << part) == 0;
      pages += 1L << part;
    }
    if (!aligned || pages != 1L << order) {
      throw new IllegalArgumentException(
          "order %d cannot be cut into %s".formatted(order, Arrays.toString(orders)));
    }
  }

  private void requireTaken(int frame, int order) {
    if (kindOf(frame) != TAKEN + order) {
      throw new IllegalStateException(
          "frame 0x%x was not taken with order %d".formatted(frame, order));
    }
  }

  /** Returns the free blocks of an order, counted. */
  int freeBlocks(int order) {
    int count = 0;
    for (int frame = heads[order]; frame != NONE; frame = nextOf(frame)) {
      count++;
    }
    return count;
  }

  private void push(int frame, int order) {
    int head = heads[order];
    next[frame >>> chunkShift][frame & chunkMask] = head;
    previous[frame >>> chunkShift][frame & chunkMask] = NONE;
    if (head != NONE) {
      previous[head >>> chunkShift][head & chunkMask] = frame;
    }
    heads[order] = frame;
    setKind(frame, (byte) (FREE + order));
  }

  private void unlink(int frame, int order) {
    int after = nextOf(frame);
    int before = previous[frame >>> chunkShift][frame & chunkMask];
    if (before == NONE) {
      heads[order] = after;
    } else {
      next[before >>> chunkShift][before & chunkMask] = after;
    }
    if (after != NONE) {
      previous[after >>> chunkShift][after & chunkMask] = before;
    }
  }

  private int nextOf(int frame) {
    return next[frame >>> chunkShift][frame & chunkMask];
  }

  private byte kindOf(int frame) {
    return kind[frame >>> chunkShift][frame & chunkMask];
  }

  private void setKind(int frame, byte value) {
    kind[frame >>> chunkShift][frame & chunkMask] = value;
  }
}
