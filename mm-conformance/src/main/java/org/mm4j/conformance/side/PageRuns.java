/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.util.BitSet;
import java.util.StringJoiner;

/** How a set of pages is written: {@code 0..3 7..8}, ends excluded. */
final class PageRuns {
  private PageRuns() {}

  static String of(BitSet pages) {
    StringJoiner runs = new StringJoiner(" ");
    for (int from = pages.nextSetBit(0); from >= 0; ) {
      int to = pages.nextClearBit(from);
      runs.add(from + ".." + to);
      from = pages.nextSetBit(to);
    }
    return runs.length() == 0 ? "none" : runs.toString();
  }
}
