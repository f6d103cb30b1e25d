/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.collapse;

/**
 * A block at one moment: what a policy decides on.
 *
 * @param block its number
 * @param residentPages how many of its small pages take memory
 * @param pageCount how many it has
 * @param state what became of it so far
 */
public record BlockFacts(int block, int residentPages, int pageCount, BlockState state) {
  /** Returns whether it is huge, as far as is known. */
  public boolean isHuge() {
    return state == BlockState.Known.HUGE;
  }

  /** Returns how many pages a collapse would add. */
  public int holes() {
    return pageCount - residentPages;
  }
}
