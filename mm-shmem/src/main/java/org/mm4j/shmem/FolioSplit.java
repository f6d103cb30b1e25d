/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import java.util.ArrayList;
import java.util.List;
import org.mm4j.core.frame.CoreFolio;
import org.mm4j.spi.Folio;

/**
 * Cuts a large folio around one of its pages: into halves, the half with that page into halves, and
 * so on, until the page is a folio of its own (Linux 6.16 and later: a non-uniform split).
 *
 * <pre>
 *   0 1 2 3 4 5 6 7   around page 5   →   0 1 2 3 | 4 | 5 | 6 7
 * </pre>
 *
 * <p>Every part but the first that lies beyond the end of the file as a whole leaves the file, as
 * in Linux; a part across the end stays.
 */
final class FolioSplit {
  private final ShmemInode inode;
  private final CoreFolio large;
  private final List<CoreFolio> kept = new ArrayList<>();
  private final List<CoreFolio> dropped = new ArrayList<>();

  private FolioSplit(ShmemInode inode, CoreFolio large) {
    this.inode = inode;
    this.large = large;
  }

  /**
   * Cuts a folio. It fails, and changes nothing but that the folio may have been unmapped, if
   * anybody else holds a reference (a pin, an isolation, a reader in passing), if its content is
   * poisoned, or if there is no memory for tree nodes.
   *
   * @param folio large, locked, in the file, referenced once by the caller
   * @param index of the page it is cut around
   * @return whether it was cut; then it is no more, nor the caller's lock and reference
   */
  static boolean around(ShmemInode inode, Folio folio, long index) {
    return folio instanceof CoreFolio large && new FolioSplit(inode, large).run(index);
  }

  private boolean run(long index) {
    // One reference per page is the page cache's, one the caller's, one of each translation. Those
    // may go meanwhile, but none comes: the folio is locked.
    int references = large.pageCount() + 1;
    int withTranslations = references + large.mapCount();
    if (large.references() > withTranslations || large.isPoisoned()) {
      return false;
    }
    inode.pages().unmap(large);
    int[] orders = ordersAround((int) (index - large.index()), large.order());
    if (!inode.pageCache().replaceLarge(large, references, () -> cut(orders))) {
      return false;
    }
    large.unlock();
    kept.forEach(part -> part.put(1));
    for (CoreFolio part : dropped) {
      inode.charge().uncharge(part.pageCount());
      part.put(1);
    }
    return true;
  }

  private List<CoreFolio> cut(int[] orders) {
    long endIndex = inode.endIndex();
    for (CoreFolio part : large.split(orders)) {
      boolean keep = kept.isEmpty() || part.index() < endIndex;
      (keep ? kept : dropped).add(part);
    }
    return kept;
  }

  /** Returns the orders of the parts of a folio that is cut around one of its pages. */
  static int[] ordersAround(int page, int order) {
    int[] orders = new int[order + 1];
    int before = 0;
    int after = orders.length;
    for (int half = order - 1; half >= 0; half--) {
      if ((page >>> half & 1) != 0) {
        orders[before++] = half;
      } else {
        orders[--after] = half;
      }
    }
    orders[before] = 0; // the page itself
    return orders;
  }
}
