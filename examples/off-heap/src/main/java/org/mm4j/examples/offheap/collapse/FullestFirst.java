/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.collapse;

import java.util.Comparator;
import java.util.List;

/**
 * Wants blocks that are nearly full, the fullest first: a huge page takes memory for the holes as
 * well. A block that was refused gets the pause its reason asks for.
 */
public final class FullestFirst implements BlockPolicy {
  private final int leastPercent;

  /**
   * Creates a policy.
   *
   * @param leastPercent how full a block must be, from 1 to 100
   */
  public FullestFirst(int leastPercent) {
    if (leastPercent < 1 || leastPercent > 100) {
      throw new IllegalArgumentException("not a share of 1 to 100 per cent: " + leastPercent);
    }
    this.leastPercent = leastPercent;
  }

  @Override
  public boolean wants(BlockFacts block) {
    return 100L * block.residentPages() >= (long) leastPercent * block.pageCount();
  }

  @Override
  public List<BlockFacts> choose(List<BlockFacts> blocks, long nowNanos) {
    return blocks.stream()
        .filter(block -> !block.isHuge() && wants(block) && hasWaited(block, nowNanos))
        .sorted(Comparator.comparingInt(BlockFacts::holes))
        .toList();
  }

  private static boolean hasWaited(BlockFacts block, long nowNanos) {
    return !(block.state() instanceof BlockState.Refused refused)
        || nowNanos - refused.atNanos() >= refused.reason().pause().toNanos();
  }

  @Override
  public String describe() {
    return "blocks of which at least " + leastPercent + " % take memory";
  }
}
