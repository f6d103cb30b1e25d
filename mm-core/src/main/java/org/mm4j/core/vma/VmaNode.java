/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.Arrays;

/**
 * A node of the {@link VmaTree}. Immutable once it is reachable from a published root, so that a
 * reader that has a root has the whole version.
 *
 * <p>Every node knows, besides its entries, the address range that it spans and the largest gap
 * <em>between</em> two VMAs of its subtree. The gap between two subtrees belongs to their parent,
 * so a change touches only the path to the root.
 */
abstract sealed class VmaNode permits VmaLeaf, VmaInner {
  /** The most entries of a node: two cache lines of start addresses. */
  static final int MOST_ENTRIES = 16;

  /** The least entries of a node that is not the root. */
  static final int LEAST_ENTRIES = MOST_ENTRIES / 2;

  /** The first address of each entry, ascending, unsigned. */
  final long[] starts;

  VmaNode(long[] starts) {
    this.starts = starts;
  }

  /** Returns how many VMAs the subtree has. */
  abstract int vmaCount();

  /** Returns how many levels are below this one. */
  abstract int height();

  /** Returns the address after the last VMA of the subtree. */
  abstract long end();

  /** Returns the largest gap between two VMAs of the subtree, in bytes; 0 if there is none. */
  abstract long largestGapBytes();

  /** Returns one or two nodes that have this node's VMAs and one more. */
  abstract VmaNode[] with(MappedVma vma);

  /** Returns a node without a VMA that it has; it may have too few entries, even none. */
  abstract VmaNode without(MappedVma vma);

  /** Returns one or two nodes that have this node's entries and those of its right sibling. */
  abstract VmaNode[] join(VmaNode rightSibling);

  /** Returns how many entries the node itself has. */
  final int entryCount() {
    return starts.length;
  }

  /** Returns the first address of the subtree, which is not empty. */
  final long start() {
    return starts[0];
  }

  /** Returns the last entry that starts at or below an address, or -1. Allocates nothing. */
  final int entryAtOrBelow(long address) {
    int low = 0;
    int high = starts.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(starts[middle], address) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /** Returns a copy of an array with some elements replaced by others. */
  static <T> T[] splice(T[] array, int at, int removedCount, T[] inserted) {
    T[] result = Arrays.copyOf(array, array.length - removedCount + inserted.length);
    System.arraycopy(inserted, 0, result, at, inserted.length);
    int tail = at + removedCount;
    System.arraycopy(array, tail, result, at + inserted.length, array.length - tail);
    return result;
  }
}
