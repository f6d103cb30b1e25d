/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.Arrays;

/** A node whose entries are nodes of one height, none of them empty. */
final class VmaInner extends VmaNode {
  /** The subtrees; never changed after construction. */
  final VmaNode[] children;

  private final int vmaCount;
  private final int height;
  private final long largestGapBytes;

  VmaInner(VmaNode[] children) {
    super(startsOf(children));
    this.children = children;
    this.height = children[0].height() + 1;
    int count = 0;
    long largest = 0;
    for (int i = 0; i < children.length; i++) {
      count += children[i].vmaCount();
      largest = greater(largest, children[i].largestGapBytes());
      if (i > 0) {
        largest = greater(largest, children[i].start() - children[i - 1].end());
      }
    }
    this.vmaCount = count;
    this.largestGapBytes = largest;
  }

  private static long[] startsOf(VmaNode[] children) {
    long[] starts = new long[children.length];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = children[i].start();
    }
    return starts;
  }

  private static long greater(long one, long other) {
    return Long.compareUnsigned(one, other) >= 0 ? one : other;
  }

  @Override
  int vmaCount() {
    return vmaCount;
  }

  @Override
  int height() {
    return height;
  }

  @Override
  long end() {
    return children[children.length - 1].end();
  }

  @Override
  long largestGapBytes() {
    return largestGapBytes;
  }

  @Override
  VmaNode[] with(MappedVma vma) {
    int position = Math.max(0, entryAtOrBelow(vma.start()));
    return nodesOf(splice(children, position, 1, children[position].with(vma)));
  }

  @Override
  VmaNode without(MappedVma vma) {
    int position = entryAtOrBelow(vma.start());
    VmaNode shrunk = children[position].without(vma);
    if (shrunk.entryCount() >= LEAST_ENTRIES) {
      return new VmaInner(splice(children, position, 1, new VmaNode[] {shrunk}));
    }
    if (position > 0) {
      VmaNode[] joined = children[position - 1].join(shrunk);
      return new VmaInner(splice(children, position - 1, 2, joined));
    }
    return new VmaInner(splice(children, 0, 2, shrunk.join(children[1])));
  }

  @Override
  VmaNode[] join(VmaNode rightSibling) {
    return nodesOf(splice(children, children.length, 0, ((VmaInner) rightSibling).children));
  }

  private static VmaNode[] nodesOf(VmaNode[] all) {
    if (all.length <= MOST_ENTRIES) {
      return new VmaNode[] {new VmaInner(all)};
    }
    int middle = all.length / 2;
    return new VmaNode[] {
      new VmaInner(Arrays.copyOf(all, middle)),
      new VmaInner(Arrays.copyOfRange(all, middle, all.length))
    };
  }
}
