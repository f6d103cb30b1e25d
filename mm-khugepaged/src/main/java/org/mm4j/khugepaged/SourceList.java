/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import org.mm4j.spi.Folio;

/**
 * The sources of a collapse in index order: appended at the end, and removed at the front in
 * constant time, as they are freed.
 */
final class SourceList extends AbstractList<Folio> implements RandomAccess {
  private final List<Folio> folios;
  private int removed;

  SourceList(int capacity) {
    folios = new ArrayList<>(capacity);
  }

  @Override
  public Folio get(int position) {
    Objects.checkIndex(position, size());
    return folios.get(removed + position);
  }

  @Override
  public int size() {
    return folios.size() - removed;
  }

  @Override
  public boolean add(Folio folio) {
    modCount++;
    return folios.add(folio);
  }

  @Override
  public Folio remove(int position) {
    Folio folio = get(position);
    modCount++;
    if (position == 0) {
      removed++;
    } else {
      folios.remove(removed + position);
    }
    return folio;
  }
}
