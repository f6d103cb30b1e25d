/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.collapse;

import java.util.List;

/** Decides which blocks are worth a huge page. Its mistakes cost time and memory, nothing else. */
public interface BlockPolicy {
  /** Returns whether a block should be huge, if it is not. */
  boolean wants(BlockFacts block);

  /**
   * Returns the blocks to collapse now, the best first.
   *
   * @param blocks every block
   * @param nowNanos the time, by the collapser's clock
   */
  List<BlockFacts> choose(List<BlockFacts> blocks, long nowNanos);

  /** Returns what makes it want a block, as the end of "it wants ...". */
  String describe();
}
