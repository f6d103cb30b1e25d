/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.collapse;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.mm4j.MemoryException;
import org.mm4j.examples.offheap.memory.HugeMemory;

/**
 * Collapses blocks, and remembers what became of each: why a block is not huge is what its last
 * collapse said. Thread-safe.
 */
public final class Collapser {
  private final HugeMemory memory;
  private final LongSupplier nanoClock;
  private final AtomicReferenceArray<Attempt> attempts;

  /**
   * Creates a collapser that knows nothing yet.
   *
   * @param nanoClock such as {@link System#nanoTime}
   */
  public Collapser(HugeMemory memory, LongSupplier nanoClock) {
    this.memory = memory;
    this.nanoClock = nanoClock;
    this.attempts = new AtomicReferenceArray<>(memory.blockCount());
    for (int block = 0; block < attempts.length(); block++) {
      attempts.set(block, new Attempt(BlockState.Known.UNTRIED, 0));
    }
  }

  /** Returns the time by this collapser's clock. */
  long nanoTime() {
    return nanoClock.getAsLong();
  }

  /**
   * Collapses a block now.
   *
   * @return HUGE, or why not
   */
  public BlockState collapse(int block) {
    // Before the collapse: pages that are given back during it make it a thing of the past.
    int returns = memory.returns(block);
    Attempt attempt = new Attempt(attempt(block), returns);
    attempts.set(block, attempt);
    return attempt.outcome;
  }

  private BlockState attempt(int block) {
    try {
      memory.collapse(block);
      return BlockState.Known.HUGE;
    } catch (MemoryException refused) {
      return new BlockState.Refused(
          Refusal.of(refused.errno()), String.valueOf(refused.getMessage()), nanoTime());
    }
  }

  /**
   * Collapses every block that any page was ever put into, on demand.
   *
   * @return how many blocks are huge now
   */
  public int collapseAll() {
    int huge = 0;
    for (BlockFacts block : facts()) {
      if (block.residentPages() > 0 && collapse(block.block()) == BlockState.Known.HUGE) {
        huge++;
      }
    }
    return huge;
  }

  /** Returns what is known of every block, in order. Not one moment for all. */
  public List<BlockFacts> facts() {
    return IntStream.range(0, attempts.length()).mapToObj(this::facts).toList();
  }

  /** Returns what is known of a block now. */
  public BlockFacts facts(int block) {
    Attempt last = attempts.get(block);
    boolean split = last.outcome == BlockState.Known.HUGE && last.returns != memory.returns(block);
    BlockState state = split ? BlockState.Known.SPLIT : last.outcome;
    return new BlockFacts(block, memory.residentPages(block), memory.pagesPerBlock(), state);
  }

  /** Returns the memory it works on. */
  public HugeMemory memory() {
    return memory;
  }

  /**
   * The last collapse of a block.
   *
   * @param outcome what became of it
   * @param returns how often pages of the block had been given back when it began
   */
  private record Attempt(BlockState outcome, int returns) {}
}
