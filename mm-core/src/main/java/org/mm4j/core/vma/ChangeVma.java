/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.spi.UserfaultWatcher;

/**
 * Other flags, or another watcher, for part of a VMA ({@code vma_modify}).
 *
 * <p>Where the changed part continues a neighbour, or a neighbour continues it, it is given to the
 * neighbour; what is left of the VMA is exchanged in the same step:
 *
 * <pre>
 *   AABB   1st B → A   →   AAAB      AABB   2nd A → B   →   ABBB
 *   AABB   both  → A   →   AAAA      AAB    both  → B   →   BBB
 *   ABA    B     → A   →   AAA
 * </pre>
 *
 * <p>Otherwise the VMA is split at the edges of the part, all pieces having the flags that it had,
 * and after that the part is changed in place. If the part is the whole VMA there is nothing to
 * split, and no lock but the mmap lock is involved: that store is what a collapse races with.
 *
 * <pre>
 *   AAA    1st   → B   →   BAA       AAA    2nd   → B   →   ABA
 *   AAA    3rd   → B   →   AAB       AAA    all   → B   →   BBB, the same object
 * </pre>
 */
final class ChangeVma {
  private final VmaTree tree;
  private final MappedVma vma;
  private final MappedVma changed;

  private ChangeVma(VmaTree tree, MappedVma vma, MappedVma changed) {
    this.tree = tree;
    this.vma = vma;
    this.changed = changed;
  }

  /** Does what {@link VmaLayout#change} says. */
  static MappedVma apply(
      VmaTree tree,
      MappedVma vma,
      AddressRange part,
      long newFlags,
      @Nullable UserfaultWatcher newWatcher) {
    if (part.wraps() || !vma.range().contains(part) || tree.find(vma.start()) != vma) {
      throw new IllegalArgumentException(part + " is no part of a mapped " + vma);
    }
    if (vma.flags() == newFlags && Identity.same(vma.watcher(), newWatcher)) {
      return vma;
    }
    MappedVma changed = vma.piece(part.start(), part.end(), newFlags, newWatcher);
    ChangeVma change = new ChangeVma(tree, vma, changed);
    Neighbours neighbours = Neighbours.of(tree, changed);
    return neighbours.none() ? change.inPlace() : change.into(neighbours);
  }

  /** Gives the part to the neighbours that it merges with. */
  private MappedVma into(Neighbours neighbours) {
    MappedVma merged = neighbours.mergedWith(changed);
    List<MappedVma> old = neighbours.present();
    old.add(vma);
    Exchange.publish(tree, old, around(merged));
    return merged;
  }

  private MappedVma inPlace() {
    MappedVma target = splitOff();
    target.setWatcher(changed.watcher());
    target.setFlags(changed.flags());
    return target;
  }

  /** Returns a VMA of exactly the part, still with the flags of the whole. */
  private MappedVma splitOff() {
    if (changed.start() == vma.start() && changed.end() == vma.end()) {
      return vma;
    }
    MappedVma middle = vma.piece(changed.start(), changed.end());
    Exchange.publish(tree, List.of(vma), around(middle));
    return middle;
  }

  /** Returns a piece together with what is left of the VMA on both sides of the part. */
  private List<MappedVma> around(MappedVma piece) {
    List<MappedVma> pieces = new ArrayList<>(3);
    if (vma.start() != changed.start()) {
      pieces.add(vma.piece(vma.start(), changed.start()));
    }
    pieces.add(piece);
    if (changed.end() != vma.end()) {
      pieces.add(vma.piece(changed.end(), vma.end()));
    }
    return pieces;
  }
}
