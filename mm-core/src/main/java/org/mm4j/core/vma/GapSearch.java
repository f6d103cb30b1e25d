/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.OptionalLong;
import org.mm4j.Pages;

/**
 * The search for free addresses, from the top down.
 *
 * <pre>
 *   lowest                                        highest (mmap_base)
 *     |     VVVV    VV       VVVVVV      VV          |    VVV
 *     |        gap     gap            gap     gap    |
 *     |                                       ^ tried first, then the gaps to its left
 * </pre>
 *
 * <p>A subtree is entered only if the largest gap inside of it is large enough. Such a gap can
 * still lie outside of the bounds, but only in a subtree that straddles one, of which there are two
 * per level: O(log n).
 */
final class GapSearch {
  /** No page-aligned address has this value. */
  private static final long NONE = -1;

  private final long lengthBytes;
  private final long alignBytes;
  private final long neededBytes;
  private final long lowest;
  private final long highest;

  private GapSearch(long lengthBytes, long alignBytes, long lowest, long highest) {
    this.lengthBytes = lengthBytes;
    this.alignBytes = alignBytes;
    this.neededBytes = lengthBytes + (alignBytes - Pages.SIZE_BYTES);
    this.lowest = Pages.alignUp(lowest);
    this.highest = Pages.alignDown(highest);
  }

  /** Does what {@link VmaTree#findGap} says. */
  static OptionalLong topDown(
      VmaNode top, long lengthBytes, long alignBytes, long lowest, long highest) {
    if (lengthBytes == 0 || !Pages.isAligned(lengthBytes)) {
      throw new IllegalArgumentException("no length of pages: " + lengthBytes);
    }
    if (Long.bitCount(alignBytes) != 1 || !Pages.isAligned(alignBytes)) {
      throw new IllegalArgumentException("no alignment of pages: " + alignBytes);
    }
    GapSearch search = new GapSearch(lengthBytes, alignBytes, lowest, highest);
    boolean overflows = Long.compareUnsigned(search.neededBytes, lengthBytes) < 0;
    boolean noSuchPage = lowest != 0 && search.lowest == 0;
    long found = overflows || noSuchPage ? NONE : search.everywhere(top);
    return found == NONE ? OptionalLong.empty() : OptionalLong.of(found);
  }

  private long everywhere(VmaNode top) {
    if (top.vmaCount() == 0) {
      return fit(0, highest);
    }
    long found = fit(top.end(), highest);
    if (found == NONE) {
      found = within(top);
    }
    return found == NONE ? fit(0, top.start()) : found;
  }

  private long within(VmaNode node) {
    if (Long.compareUnsigned(node.largestGapBytes(), neededBytes) < 0
        || Long.compareUnsigned(node.start(), highest) >= 0
        || Long.compareUnsigned(node.end(), lowest) <= 0) {
      return NONE;
    }
    return switch (node) {
      case VmaLeaf leaf -> within(leaf.vmas);
      case VmaInner inner -> within(inner.children);
    };
  }

  private long within(MappedVma[] vmas) {
    long found = NONE;
    for (int i = vmas.length - 1; i > 0 && found == NONE; i--) {
      found = fit(vmas[i - 1].end(), vmas[i].start());
    }
    return found;
  }

  private long within(VmaNode[] children) {
    long found = within(children[children.length - 1]);
    for (int i = children.length - 1; i > 0 && found == NONE; i--) {
      found = fit(children[i - 1].end(), children[i].start());
      if (found == NONE) {
        found = within(children[i - 1]);
      }
    }
    return found;
  }

  /** Returns the highest fitting address of a gap, if it has the room. */
  private long fit(long gapStart, long gapEnd) {
    long from = Long.compareUnsigned(gapStart, lowest) < 0 ? lowest : gapStart;
    long to = Long.compareUnsigned(gapEnd, highest) > 0 ? highest : gapEnd;
    if (Long.compareUnsigned(to, from) <= 0 || Long.compareUnsigned(to - from, neededBytes) < 0) {
      return NONE;
    }
    return (to - lengthBytes) & -alignBytes;
  }
}
