/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.mm4j.PageRange;
import org.mm4j.spi.Folio;
import org.mm4j.spi.ReverseMap;
import org.mm4j.spi.TlbBatch;
import org.mm4j.spi.Vma;

/** A list of VMAs. */
public class FakeReverseMap implements ReverseMap {
  private final FakeKernel kernel;
  final List<Vma> vmas = new ArrayList<>();

  /** The indices at which page tables were retracted. */
  public final List<Long> retracted = new ArrayList<>();

  int sharedHolders;

  FakeReverseMap(FakeKernel kernel) {
    this.kernel = kernel;
  }

  @Override
  public void lockShared() {
    FakePageCache.require(!kernel.file.cache.isLocked(), "reverse map inside of page cache");
    sharedHolders++;
  }

  @Override
  public void unlockShared() {
    FakePageCache.require(sharedHolders > 0, "reverse map unlocked twice");
    sharedHolders--;
  }

  @Override
  public void overlapping(long firstIndex, long lastIndexInclusive, Predicate<Vma> visitor) {
    FakePageCache.require(sharedHolders > 0, "reverse map read without its lock");
    for (Vma vma : vmas) {
      if (vma.pageOffset() <= lastIndexInclusive
          && vma.endIndex() > firstIndex
          && !visitor.test(vma)) {
        return;
      }
    }
  }

  @Override
  public void unmap(Folio folio, TlbBatch batch) {
    FakePageCache.require(folio.isLocked(), "unmapped without the folio lock");
    FakePageCache.require(!kernel.file.cache.isLocked(), "unmap inside of page cache");
    FakeFolio fake = (FakeFolio) folio;
    int translations = fake.mapCount;
    fake.mapCount = 0;
    fake.put(translations);
    fake.unmapped = true;
    kernel.unflushed = true;
  }

  @Override
  public void unmapRange(PageRange range) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void retractPageTables(long startIndex) {
    FakePageCache.require(!kernel.file.cache.isLocked(), "retract inside of page cache");
    FakePageCache.require(sharedHolders == 0, "retract inside of reverse map");
    retracted.add(startIndex);
  }

  @Override
  public void insert(Vma vma) {
    vmas.add(vma);
  }

  @Override
  public void remove(Vma vma) {
    vmas.remove(vma);
  }

  @Override
  public void replace(List<Vma> old, List<Vma> replacement) {
    vmas.removeAll(old);
    vmas.addAll(replacement);
  }
}
