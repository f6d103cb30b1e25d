/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.collapse;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mm4j.examples.offheap.memory.HugeMemory.Footprint;

/**
 * How much of a store's memory is huge, and why the rest is not.
 *
 * @param footprint what the memory takes, as the kernel counts it
 * @param hugeBlocks how many blocks are huge, as far as is known
 * @param reasons why the others are not, the most frequent first
 */
public record HugePageReport(Footprint footprint, int hugeBlocks, List<Reason> reasons) {
  private static final String SPLIT = "it was huge until pages of it were given back; now ";

  /** Copies the list. */
  public HugePageReport {
    reasons = List.copyOf(reasons);
  }

  /** Looks at every block now. The policy is asked which of them should be huge. */
  public static HugePageReport of(Collapser collapser, BlockPolicy policy) {
    Map<String, Reason> reasons = new LinkedHashMap<>();
    int huge = 0;
    for (BlockFacts block : collapser.facts()) {
      if (block.isHuge()) {
        huge++;
      } else {
        reasons.merge(why(block, policy), Reason.of(block), Reason::and);
      }
    }
    List<Reason> sorted = new ArrayList<>();
    reasons.forEach((why, reason) -> sorted.add(reason.because(why)));
    sorted.sort(Comparator.comparingInt((Reason reason) -> -reason.blocks.cardinality()));
    return new HugePageReport(collapser.memory().footprint(), huge, sorted);
  }

  private static String why(BlockFacts block, BlockPolicy policy) {
    if (block.residentPages() == 0) {
      return "no page of it was touched, or all were given back: there is nothing to collapse";
    }
    String past = block.state() == BlockState.Known.SPLIT ? SPLIT : "";
    if (!policy.wants(block)) {
      return past
          + "too empty: a huge page takes memory for the holes, too; wanted are "
          + policy.describe();
    }
    return block.state() instanceof BlockState.Refused refused
        ? refused.reason().explanation() + "; the call said: " + refused.message()
        : past + "worth it, but its turn has not come";
  }

  /**
   * A reason, and the blocks it holds for.
   *
   * @param why for people
   * @param blocks their numbers
   * @param fewestPages the fewest small pages that one of them has in memory
   * @param mostPages the most
   */
  public record Reason(String why, BitSet blocks, int fewestPages, int mostPages) {
    static Reason of(BlockFacts block) {
      BitSet one = new BitSet();
      one.set(block.block());
      return new Reason("", one, block.residentPages(), block.residentPages());
    }

    Reason and(Reason other) {
      BitSet both = (BitSet) blocks.clone();
      both.or(other.blocks);
      return new Reason(
          why,
          both,
          Math.min(fewestPages, other.fewestPages),
          Math.max(mostPages, other.mostPages));
    }

    Reason because(String reason) {
      return new Reason(reason, blocks, fewestPages, mostPages);
    }

    /** Returns the numbers of the blocks, runs drawn together: {@code 0-3, 7}. */
    public String which() {
      List<String> runs = new ArrayList<>();
      for (int from = blocks.nextSetBit(0); from >= 0; from = blocks.nextSetBit(from)) {
        int end = blocks.nextClearBit(from);
        runs.add(end == from + 1 ? "" + from : from + "-" + (end - 1));
        from = end;
      }
      return String.join(", ", runs);
    }
  }
}
