/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.mm4j.testkit.Seeds;

final class BuddyAllocatorTest {
  private static final int TOP_ORDER = 4;
  private static final int CHUNK_SHIFT = 5;
  private static final int FRAMES = 80; // two chunks of 32, and half of a third one

  private record Block(int frame, int order) {}

  @Test
  void hasNoFramesBeforeTheFirstChunk() {
    BuddyAllocator buddy = new BuddyAllocator(FRAMES, TOP_ORDER, CHUNK_SHIFT);
    assertEquals(3, buddy.chunkCount());
    assertEquals(0, buddy.freeFrames());
    assertEquals(FRAMES, buddy.untouchedFrames());
    assertEquals(BuddyAllocator.NONE, buddy.take(0));
  }

  @Test
  void usesOnlyTheExistingPartOfTheLastChunk() {
    BuddyAllocator buddy = full();
    assertEquals(FRAMES, buddy.freeFrames());
    assertEquals(0, buddy.untouchedFrames());
    assertEquals(FRAMES >> TOP_ORDER, buddy.freeBlocks(TOP_ORDER));
  }

  @Test
  void splitsTheLowestFramesOffAndMergesThemAgain() {
    BuddyAllocator buddy = new BuddyAllocator(FRAMES, TOP_ORDER, CHUNK_SHIFT);
    buddy.addChunk();
    assertEquals(0, buddy.take(0));
    assertEquals(1, buddy.take(0));
    assertEquals(2, buddy.take(1));
    assertEquals(1, buddy.freeBlocks(2));
    assertEquals(1, buddy.freeBlocks(3));
    buddy.give(2, 1);
    buddy.give(0, 0);
    assertEquals(0, buddy.freeBlocks(TOP_ORDER - 1) - 1, "frame 1 keeps its block apart");
    buddy.give(1, 0);
    assertEquals(2, buddy.freeBlocks(TOP_ORDER));
  }

  @Test
  void refusesWhatWasNotTakenLikeThis() {
    BuddyAllocator buddy = full();
    int frame = buddy.take(1);
    assertThrows(IllegalStateException.class, () -> buddy.give(frame, 0));
    assertThrows(IllegalStateException.class, () -> buddy.give(frame + 1, 0));
    buddy.give(frame, 1);
    IllegalStateException twice =
        assertThrows(IllegalStateException.class, () -> buddy.give(frame, 1));
    assertTrue(twice.getMessage().contains("frame 0x"), twice.getMessage());
    assertEquals(FRAMES, buddy.freeFrames());
  }

  @Test
  void aBlockThatWasDividedIsGivenBackInPieces() {
    BuddyAllocator buddy = full();
    int frame = buddy.take(2);
    assertThrows(IllegalArgumentException.class, () -> buddy.divide(frame, 2, new int[] {1, 0}));
    assertThrows(IllegalArgumentException.class, () -> buddy.divide(frame, 2, new int[] {0, 1, 0}));
    assertThrows(IllegalStateException.class, () -> buddy.divide(frame, 1, new int[] {0, 0}));
    buddy.divide(frame, 2, new int[] {1, 0, 0});
    assertThrows(IllegalStateException.class, () -> buddy.give(frame, 2));
    buddy.give(frame + 2, 0);
    buddy.give(frame, 1);
    assertEquals(FRAMES - 1, buddy.freeFrames());
    buddy.give(frame + 3, 0);
    assertEquals(FRAMES >> TOP_ORDER, buddy.freeBlocks(TOP_ORDER), "merged again");
  }

  @Test
  void refusesAnUpperHalfThatWasMergedAlready() {
    BuddyAllocator buddy = full();
    int lower = buddy.take(0);
    int upper = buddy.take(0);
    assertEquals(lower + 1, upper);
    buddy.give(lower, 0);
    buddy.give(upper, 0);
    assertThrows(IllegalStateException.class, () -> buddy.give(upper, 0));
    assertThrows(IllegalStateException.class, () -> buddy.give(lower, 0));
    assertEquals(FRAMES, buddy.freeFrames());
  }

  @Test
  void behavesAsASetOfAlignedBlocks() {
    Seeds.check(
        seed -> {
          RandomGenerator random = Seeds.random(seed);
          BuddyAllocator buddy = full();
          BitSet used = new BitSet(FRAMES);
          List<Block> blocks = new ArrayList<>();
          for (int step = 0; step < 20_000; step++) {
            if (random.nextBoolean() || blocks.isEmpty()) {
              takeAndCheck(buddy, random.nextInt(TOP_ORDER + 1), used, blocks);
            } else {
              Block block = blocks.remove(random.nextInt(blocks.size()));
              buddy.give(block.frame, block.order);
              used.clear(block.frame, block.frame + (1 << block.order));
            }
            assertEquals(FRAMES - used.cardinality(), buddy.freeFrames());
          }
          blocks.forEach(block -> buddy.give(block.frame, block.order));
          assertEquals(FRAMES >> TOP_ORDER, buddy.freeBlocks(TOP_ORDER));
          for (int order = 0; order < TOP_ORDER; order++) {
            assertEquals(0, buddy.freeBlocks(order));
          }
        });
  }

  private static void takeAndCheck(
      BuddyAllocator buddy, int order, BitSet used, List<Block> blocks) {
    int size = 1 << order;
    int frame = buddy.take(order);
    if (frame == BuddyAllocator.NONE) {
      for (int first = 0; first < FRAMES; first += size) {
        int used0 = used.nextSetBit(first);
        assertTrue(used0 >= 0 && used0 < first + size, "block at " + first + " is free");
      }
      return;
    }
    assertEquals(0, frame % size, "aligned to its size");
    int occupied = used.nextSetBit(frame);
    assertTrue(occupied < 0 || occupied >= frame + size, "handed out twice: " + occupied);
    used.set(frame, frame + size);
    blocks.add(new Block(frame, order));
  }

  private static BuddyAllocator full() {
    BuddyAllocator buddy = new BuddyAllocator(FRAMES, TOP_ORDER, CHUNK_SHIFT);
    while (buddy.chunksMade() < buddy.chunkCount()) {
      buddy.addChunk();
    }
    return buddy;
  }
}
