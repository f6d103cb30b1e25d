/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.mm4j.AddressRange;
import org.mm4j.PageRange;
import org.mm4j.Pages;
import org.mm4j.spi.Folio;
import org.mm4j.spi.ReverseMap;
import org.mm4j.spi.TlbBatch;
import org.mm4j.spi.Translations;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.SharedLock;

/**
 * Who maps a file: the VMAs of all address spaces in an interval tree by page index ({@code
 * i_mmap}).
 *
 * <p>The tree is guarded by a lock of rank REVERSE_MAP. Intervals are closed, so a query that
 * passes an end where a last index is meant also finds the VMA that begins exactly there; Linux's
 * collapse does, and is refused because of it.
 */
public final class IntervalReverseMap implements ReverseMap {
  private static final Comparator<Vma> BY_ADDRESS_SPACE =
      (one, other) -> {
        int order = Long.compare(one.mm().id(), other.mm().id());
        return order == 0
            ? Long.compareUnsigned(one.range().start(), other.range().start())
            : order;
      };

  private final SharedLock lock;
  private final long hugeBytes;
  private final Supplier<TlbBatch> batches;

  /** Guarded by {@link #lock}. */
  private final IntervalTree<Vma> vmas = new IntervalTree<>(BY_ADDRESS_SPACE);

  /**
   * Creates a reverse map without VMAs.
   *
   * @param name the name of the file, for messages
   * @param hugeOrder the binary logarithm of the pages of a huge page
   * @param batches makes batches for the operations that flush themselves
   */
  public IntervalReverseMap(String name, int hugeOrder, Supplier<TlbBatch> batches) {
    this.lock = new SharedLock(LockRank.REVERSE_MAP, name);
    this.hugeBytes = (long) Pages.SIZE_BYTES << hugeOrder;
    this.batches = batches;
  }

  @Override
  public void lockShared() {
    lock.lockShared();
  }

  @Override
  public void unlockShared() {
    lock.unlockShared();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if this thread does not hold the lock
   */
  @Override
  public void overlapping(long firstIndex, long lastIndexInclusive, Predicate<Vma> visitor) {
    if (!lock.isHeldShared() && !lock.isHeld()) {
      throw new IllegalStateException(lock + " is not held");
    }
    vmas.overlapping(firstIndex, lastIndexInclusive, visitor);
  }

  /** {@inheritDoc} Stops early when no translation is left. */
  @Override
  public void unmap(Folio folio, TlbBatch batch) {
    long firstIndex = folio.index();
    long lastIndex = firstIndex + folio.pageCount() - 1;
    lock.lockShared();
    try {
      vmas.overlapping(
          firstIndex,
          lastIndex,
          vma -> {
            unmapFrom(vma, folio, firstIndex, lastIndex, batch);
            return folio.mapCount() > 0;
          });
    } finally {
      lock.unlockShared();
    }
  }

  private static void unmapFrom(
      Vma vma, Folio folio, long firstIndex, long lastIndex, TlbBatch batch) {
    Translations translations = vma.mm().translations();
    long last = Math.min(lastIndex, vma.endIndex() - 1);
    for (long index = Math.max(firstIndex, vma.pageOffset()); index <= last; index++) {
      boolean removed = translations.removePage(vma, vma.addressOf(index), folio, batch);
      if (removed && folio.mapCount() == 0) {
        return;
      }
    }
  }

  @Override
  public void unmapRange(PageRange range) {
    if (range.pageCount() == 0) {
      return;
    }
    TlbBatch batch = batches.get();
    lock.lockShared();
    try {
      vmas.overlapping(
          range.firstIndex(),
          range.endIndex() - 1,
          vma -> {
            long first = Math.max(range.firstIndex(), vma.pageOffset());
            long pageCount = Math.min(range.endIndex(), vma.endIndex()) - first;
            AddressRange part = new AddressRange(vma.addressOf(first), pageCount << Pages.SHIFT);
            vma.mm().translations().removeRange(vma, part, batch);
            return true;
          });
    } finally {
      // Also after a failure: what was removed until then must not be used any more.
      try {
        batch.flush();
      } finally {
        lock.unlockShared();
      }
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Passed over are VMAs that map the range at other than huge-page-aligned addresses or only in
   * part, VMAs whose userfaultfd watches for stores (the table may hold its markers), and address
   * spaces that are being torn down. VMAs armed for missing pages are retracted: an empty entry and
   * an empty table are the same to them.
   */
  @Override
  public void retractPageTables(long startIndex) {
    TlbBatch batch = batches.get();
    lock.lockShared();
    try {
      vmas.overlapping(
          startIndex,
          startIndex,
          vma -> {
            long address = vma.addressOf(startIndex);
            if (mayRetract(vma, address)) {
              vma.mm().translations().retract(vma, address, batch);
            }
            return true;
          });
    } finally {
      try {
        batch.flush();
      } finally {
        lock.unlockShared();
      }
    }
  }

  private boolean mayRetract(Vma vma, long address) {
    boolean aligned = (address & (hugeBytes - 1)) == 0;
    boolean covered = Long.compareUnsigned(vma.range().end() - address, hugeBytes) >= 0;
    return aligned && covered && !vma.has(VmaFlag.UFFD_WP) && !vma.mm().isExiting();
  }

  @Override
  public void insert(Vma vma) {
    replace(List.of(), List.of(vma));
  }

  @Override
  public void remove(Vma vma) {
    replace(List.of(vma), List.of());
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if one of {@code old} is not there; nothing changed
   */
  @Override
  public void replace(List<Vma> old, List<Vma> replacement) {
    lock.lock();
    try {
      for (Vma vma : old) {
        if (!vmas.contains(vma.pageOffset(), vma.endIndex() - 1, vma)) {
          throw new IllegalArgumentException(vma + " is not in " + lock);
        }
      }
      for (Vma vma : old) {
        vmas.remove(vma.pageOffset(), vma.endIndex() - 1, vma);
      }
      for (Vma vma : replacement) {
        vmas.insert(vma.pageOffset(), vma.endIndex() - 1, vma);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns the VMAs at this moment, by page index; takes the lock shared. */
  public List<Vma> vmas() {
    List<Vma> all = new ArrayList<>();
    lock.lockShared();
    try {
      vmas.overlapping(0, Long.MAX_VALUE, all::add);
    } finally {
      lock.unlockShared();
    }
    return all;
  }

  /** Checks the structure of the tree; takes the lock exclusively. */
  void check() {
    lock.lock();
    try {
      vmas.check();
    } finally {
      lock.unlock();
    }
  }
}
