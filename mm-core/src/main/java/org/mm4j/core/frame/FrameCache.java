/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.frame;

import java.lang.invoke.MethodHandles;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.WordField;

/**
 * One stripe of single frames in front of the buddy allocator (Linux: a per-CPU page set): last in
 * first out, filled and emptied in batches.
 *
 * <p>All methods but {@link #lock} need its lock held. It has rank FRAMES; the buddy allocator's
 * lock may be taken inside it.
 */
final class FrameCache {
  /** How many frames one refill or drain moves. */
  static final int BATCH = 32;

  private static final int CAPACITY = 2 * BATCH;
  private static final BitLock LOCK =
      new BitLock(
          WordField.of(MethodHandles.lookup(), FrameCache.class, "lockWord"),
          1,
          2,
          LockRank.FRAMES);

  @SuppressWarnings("unused") // accessed through LOCK
  private long lockWord;

  private final int[] frames = new int[CAPACITY];
  private int size;

  void lock() {
    LOCK.lock(this);
  }

  void unlock() {
    LOCK.unlock(this);
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  boolean isFull() {
    return size == CAPACITY;
  }

  /** Adds a frame as the next one to be taken; there must be room. */
  void push(int frame) {
    frames[size++] = frame;
  }

  /** Takes the frame added last; there must be one. */
  int pop() {
    return frames[--size];
  }

  /** Gives the coldest frames back, at most a number of them. For the holder of both locks. */
  void drainTo(BuddyAllocator buddy, int most) {
    int drained = Math.min(most, size);
    for (int i = 0; i < drained; i++) {
      buddy.give(frames[i], 0);
    }
    System.arraycopy(frames, drained, frames, 0, size - drained);
    size -= drained;
  }
}
