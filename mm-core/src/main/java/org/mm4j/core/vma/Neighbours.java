/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The VMAs that a new piece merges with.
 *
 * @param left the VMA that the piece continues, or null
 * @param right the VMA that continues the piece, or null
 */
record Neighbours(@Nullable MappedVma left, @Nullable MappedVma right) {
  /**
   * Finds them.
   *
   * @param tree where
   * @param piece what is to be merged; it need not be in the tree
   */
  static Neighbours of(VmaTree tree, MappedVma piece) {
    MappedVma left = piece.start() == 0 ? null : tree.find(piece.start() - 1);
    MappedVma right = tree.find(piece.end());
    return new Neighbours(
        left != null && MergeRule.continues(left, piece) ? left : null,
        right != null && MergeRule.continues(piece, right) ? right : null);
  }

  /** Returns whether there is neither. */
  boolean none() {
    return left == null && right == null;
  }

  /** Returns the ones there are. */
  List<MappedVma> present() {
    List<MappedVma> present = new ArrayList<>(2);
    if (left != null) {
      present.add(left);
    }
    if (right != null) {
      present.add(right);
    }
    return present;
  }

  /** Returns the VMA that covers the piece and both neighbours; the piece itself without any. */
  MappedVma mergedWith(MappedVma piece) {
    if (none()) {
      return piece;
    }
    MappedVma first = left == null ? piece : left;
    MappedVma last = right == null ? piece : right;
    return first.piece(first.start(), last.end());
  }
}
