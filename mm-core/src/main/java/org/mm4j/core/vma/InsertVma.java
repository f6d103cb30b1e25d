/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.List;

/**
 * A new VMA in free addresses, merged with what it continues ({@code vma_merge_new_range}).
 *
 * <pre>
 *   AA.B   + A at .   →   AAAB     the left one becomes longer
 *   AA.B   + B at .   →   AABB     the right one becomes longer
 *   AA.A   + A at .   →   AAAA     all three become one
 *   AA.B   + C at .   →   AACB     it stays alone
 * </pre>
 */
final class InsertVma {
  private InsertVma() {}

  /** Does what {@link VmaLayout#insertMerging} says. */
  static MappedVma merging(VmaTree tree, MappedVma vma) {
    requireFree(tree, vma);
    Neighbours neighbours = Neighbours.of(tree, vma);
    MappedVma merged = neighbours.mergedWith(vma);
    Exchange.publish(tree, neighbours.present(), List.of(merged));
    return merged;
  }

  /** Does what {@link VmaLayout#insert} says. */
  static void alone(VmaTree tree, MappedVma vma) {
    requireFree(tree, vma);
    Exchange.publish(tree, List.of(), List.of(vma));
  }

  private static void requireFree(VmaTree tree, MappedVma vma) {
    MappedVma other = tree.next(vma.start());
    if (other != null && other.range().overlaps(vma.range())) {
      throw new IllegalArgumentException(vma + " overlaps " + other);
    }
  }
}
