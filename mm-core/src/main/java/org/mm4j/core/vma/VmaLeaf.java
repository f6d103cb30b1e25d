/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.Arrays;

/** A node whose entries are VMAs, in order of address. Only the leaf of an empty tree has none. */
final class VmaLeaf extends VmaNode {
  /** The tree without VMAs. */
  static final VmaLeaf EMPTY = new VmaLeaf(new MappedVma[0]);

  /** The VMAs; never changed after construction. */
  final MappedVma[] vmas;

  private final long largestGapBytes;

  VmaLeaf(MappedVma[] vmas) {
    super(startsOf(vmas));
    this.vmas = vmas;
    this.largestGapBytes = largestGapOf(vmas);
  }

  private static long[] startsOf(MappedVma[] vmas) {
    long[] starts = new long[vmas.length];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = vmas[i].start();
    }
    return starts;
  }

  private static long largestGapOf(MappedVma[] vmas) {
    long largest = 0;
    for (int i = 1; i < vmas.length; i++) {
      long gap = vmas[i].start() - vmas[i - 1].end();
      if (Long.compareUnsigned(gap, largest) > 0) {
        largest = gap;
      }
    }
    return largest;
  }

  @Override
  int vmaCount() {
    return vmas.length;
  }

  @Override
  int height() {
    return 0;
  }

  @Override
  long end() {
    return vmas[vmas.length - 1].end();
  }

  @Override
  long largestGapBytes() {
    return largestGapBytes;
  }

  @Override
  VmaNode[] with(MappedVma vma) {
    int position = entryAtOrBelow(vma.start()) + 1;
    return nodesOf(splice(vmas, position, 0, new MappedVma[] {vma}));
  }

  @Override
  VmaNode without(MappedVma vma) {
    return new VmaLeaf(splice(vmas, entryAtOrBelow(vma.start()), 1, new MappedVma[0]));
  }

  @Override
  VmaNode[] join(VmaNode rightSibling) {
    return nodesOf(splice(vmas, vmas.length, 0, ((VmaLeaf) rightSibling).vmas));
  }

  private static VmaNode[] nodesOf(MappedVma[] all) {
    if (all.length <= MOST_ENTRIES) {
      return new VmaNode[] {new VmaLeaf(all)};
    }
    int middle = all.length / 2;
    return new VmaNode[] {
      new VmaLeaf(Arrays.copyOf(all, middle)),
      new VmaLeaf(Arrays.copyOfRange(all, middle, all.length))
    };
  }
}
