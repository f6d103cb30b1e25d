/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.fake;

import org.mm4j.CollapseTrigger;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.FillResult;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MappingOperations;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.PageFiller;
import org.mm4j.spi.SwapEntry;
import org.mm4j.spi.Vma;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.SharedLock;

/** A memory file with a limit. */
public class FakeFile implements Mapping, MappingOperations {
  private final FakeKernel kernel;
  private final SharedLock invalidateLock = new SharedLock(LockRank.INVALIDATE, "fake");

  /** Its pages. */
  public final FakePageCache cache = new FakePageCache();

  /** Its VMAs. */
  public final FakeReverseMap reverseMap;

  /** How many pages it may have. */
  public long limitPages = Long.MAX_VALUE;

  /** How many pages are charged. */
  public long chargedPages;

  /** Whether a collapse may fill its holes. */
  public boolean fillsHoles = true;

  /** Whether its folios' private data can be given up. */
  public boolean privateIsReleasable = true;

  /** Whether pages can be brought in. */
  public boolean readable = true;

  /** Whether its VMAs may be huge. */
  public boolean permitsHuge = true;

  /** How many hold it. */
  public int holders;

  FakeFile(FakeKernel kernel) {
    this.kernel = kernel;
    this.reverseMap = new FakeReverseMap(kernel);
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public FakePageCache pageCache() {
    return cache;
  }

  @Override
  public FakeReverseMap reverseMap() {
    return reverseMap;
  }

  @Override
  public MappingOperations operations() {
    return this;
  }

  @Override
  public SharedLock invalidateLock() {
    return invalidateLock;
  }

  @Override
  public void hold() {
    holders++;
  }

  @Override
  public void letGo() {
    FakePageCache.require(holders > 0, "let go without a hold");
    holders--;
  }

  @Override
  public long endIndex() {
    return Long.MAX_VALUE;
  }

  @Override
  public BringIn bringIn(long index) {
    FakePageCache.require(!cache.isLocked(), "bring in inside of page cache");
    PageCacheEntry entry = cache.at(index);
    if (!readable) {
      return BringIn.Absent.IO_ERROR;
    }
    if (entry == null && fillsHoles) {
      return BringIn.Absent.HOLE;
    }
    Folio folio =
        entry instanceof Folio present
            ? present
            : kernel.page(index, entry instanceof SwapEntry swap ? swap.slot() : index);
    folio.lock();
    folio.get(1);
    if (!folio.isUpToDate()) {
      folio.clearPage(0);
      folio.markUpToDate();
    }
    return new BringIn.Present(folio);
  }

  @Override
  public BringIn create(long index, MemoryDescriptor account) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FillResult fill(long index, MemoryDescriptor account, PageFiller filler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean charge(long pages) {
    if (pages > limitPages - chargedPages) {
      return false;
    }
    chargedPages += pages;
    return true;
  }

  @Override
  public void uncharge(long pages) {
    FakePageCache.require(pages <= chargedPages, "uncharged too much");
    chargedPages -= pages;
  }

  @Override
  public boolean releasePrivate(Folio folio) {
    return privateIsReleasable;
  }

  @Override
  public boolean fillsHoles() {
    return fillsHoles;
  }

  @Override
  public boolean permitsHuge(Vma vma, CollapseTrigger trigger) {
    return permitsHuge;
  }

  @Override
  public void vmaOpened(Vma vma) {}

  @Override
  public void vmaClosed(Vma vma) {}
}
