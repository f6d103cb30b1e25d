/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.ArrayList;
import java.util.List;
import org.mm4j.AddressRange;

/**
 * Addresses are freed: for {@code munmap}, and before a mapping at a fixed address.
 *
 * <pre>
 *   AAABB.CC   without 3rd to 7th   →   AA.....C
 * </pre>
 */
final class CutOut {
  private CutOut() {}

  /** Does what {@link VmaLayout#cutOut} says. */
  static List<MappedVma> apply(VmaTree tree, AddressRange range) {
    long end = range.end();
    List<MappedVma> old = new ArrayList<>();
    List<MappedVma> kept = new ArrayList<>(2);
    List<MappedVma> removed = new ArrayList<>();
    for (MappedVma vma : tree.in(range)) {
      boolean startsBefore = Long.compareUnsigned(vma.start(), range.start()) < 0;
      boolean endsAfter = Long.compareUnsigned(vma.end(), end) > 0;
      long from = startsBefore ? range.start() : vma.start();
      long to = endsAfter ? end : vma.end();
      old.add(vma);
      if (startsBefore) {
        kept.add(vma.piece(vma.start(), from));
      }
      if (endsAfter) {
        kept.add(vma.piece(to, vma.end()));
      }
      removed.add(startsBefore || endsAfter ? vma.piece(from, to) : vma);
    }
    if (!old.isEmpty()) {
      Exchange.publish(tree, old, kept);
    }
    return removed;
  }
}
