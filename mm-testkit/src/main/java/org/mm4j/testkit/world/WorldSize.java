/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

/**
 * How large the huge page of a world is, and the nodes of its page cache.
 *
 * @param label the name of the size in reports and on the command line
 * @param hugeOrder the binary logarithm of the pages in a huge page
 * @param chunkShift the binary logarithm of the slots per page-cache node
 */
public record WorldSize(String label, int hugeOrder, int chunkShift) {
  /** Eight pages, nodes of four slots: sibling slots and detached nodes occur, and it ends. */
  public static final WorldSize SMALL = new WorldSize("small", 3, 2);

  /** Linux's sizes: 512 pages, nodes of 64 slots. */
  public static final WorldSize FULL = new WorldSize("full", 9, 6);

  /** Returns the number of pages in a huge page. */
  public int pages() {
    return 1 << hugeOrder;
  }
}
