/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Walks over the VMAs of one version of the tree that share an address with a range. */
final class VmaIterator implements Iterator<MappedVma> {
  private final VmaNode version;
  private final long end;
  private @Nullable MappedVma upcoming;

  VmaIterator(VmaNode version, long start, long end) {
    this.version = version;
    this.end = end;
    this.upcoming = start == end ? null : firstEndingAbove(start);
  }

  @Override
  public boolean hasNext() {
    return upcoming != null;
  }

  @Override
  public MappedVma next() {
    MappedVma vma = upcoming;
    if (vma == null) {
      throw new NoSuchElementException();
    }
    upcoming = firstEndingAbove(vma.end());
    return vma;
  }

  private @Nullable MappedVma firstEndingAbove(long address) {
    MappedVma vma = VmaTree.next(version, address);
    return vma != null && Long.compareUnsigned(vma.start(), end) < 0 ? vma : null;
  }
}
