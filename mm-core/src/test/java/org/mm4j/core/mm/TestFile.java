/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import java.util.Set;
import org.mm4j.CollapseTrigger;
import org.mm4j.MapRequest;
import org.mm4j.PageRange;
import org.mm4j.Seal;
import org.mm4j.core.cache.XArrayPageCache;
import org.mm4j.core.vma.IntervalReverseMap;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.FillResult;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MappingOperations;
import org.mm4j.spi.MemoryAudit.FileBook;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.PageFiller;
import org.mm4j.spi.ReverseMap;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.Counter;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.SharedLock;

/** A file of pages in memory; no seals, no swap, no limit. */
final class TestFile implements MappableFile, Mapping, MappingOperations {
  volatile long pages;
  volatile long mayFlags =
      VmaFlag.MAY_READ.bit() | VmaFlag.MAY_WRITE.bit() | VmaFlag.MAY_EXECUTE.bit();
  volatile BringIn refusal;
  volatile int opened;
  private final String name;
  private final Kernel kernel;
  private final XArrayPageCache cache;
  private final IntervalReverseMap reverseMap;
  private final SharedLock invalidateLock = new SharedLock(LockRank.INVALIDATE, "test");
  private final Counter charged = new Counter();

  TestFile(String name, Kernel kernel) {
    this.name = name;
    this.kernel = kernel;
    cache = new XArrayPageCache(name, kernel.settings().chunkShift());
    reverseMap = new IntervalReverseMap(name, kernel.settings().hugeOrder(), kernel::newTlbBatch);
  }

  /** Puts a folio with one stamp per page into the file, as a collapse would leave it. */
  Folio addHuge(long index) {
    Folio folio = allocate(kernel.settings().hugeOrder(), null);
    for (int i = 0; i < folio.pageCount(); i++) {
      folio.data(i).fill((byte) (index + i + 1));
    }
    folio.markUpToDate();
    publish(folio, index);
    folio.put(1);
    return folio;
  }

  /** Puts a zeroed huge folio into the file if there is nothing at its place. */
  void addHugeIfEmpty(long index) {
    Folio folio = allocate(kernel.settings().hugeOrder(), null);
    if (folio == null) {
      return;
    }
    for (int i = 0; i < folio.pageCount(); i++) {
      folio.clearPage(i);
    }
    folio.markUpToDate();
    publish(folio, index);
    folio.put(1);
  }

  private Folio allocate(int order, MemoryDescriptor account) {
    Allocation allocation = kernel.folios().allocate(order, account);
    return allocation instanceof Allocation.Allocated allocated ? allocated.folio() : null;
  }

  private boolean publish(Folio folio, long index) {
    folio.attach(this, index);
    if (!cache.add(folio)) {
      folio.detach();
      return false;
    }
    charged.add(folio.pageCount());
    folio.addToLru();
    return true;
  }

  @Override
  public BringIn create(long index, MemoryDescriptor account) {
    if (refusal != null) {
      return refusal;
    }
    PageCacheEntry entry = cache.lookup(index);
    if (entry instanceof Folio folio) {
      return locked(folio);
    }
    Folio folio = allocate(0, account);
    if (folio == null) {
      return BringIn.Absent.NO_MEMORY;
    }
    folio.clearPage(0);
    folio.markUpToDate();
    folio.lock();
    if (publish(folio, index)) {
      return new BringIn.Present(folio);
    }
    folio.unlock();
    folio.put(1);
    return create(index, account);
  }

  private BringIn locked(Folio folio) {
    folio.lock();
    if (folio.mapping() == this) {
      return new BringIn.Present(folio);
    }
    folio.unlock();
    folio.put(1);
    return BringIn.Absent.HOLE;
  }

  @Override
  public BringIn bringIn(long index) {
    return cache.lookup(index) instanceof Folio folio ? locked(folio) : BringIn.Absent.HOLE;
  }

  @Override
  public FillResult fill(long index, MemoryDescriptor account, PageFiller filler) {
    Folio folio = allocate(0, account);
    filler.fill(folio.data(0));
    folio.markUpToDate();
    folio.lock();
    if (publish(folio, index)) {
      return new FillResult.Filled(folio);
    }
    folio.unlock();
    folio.put(1);
    return FillResult.Refused.EXISTS;
  }

  /** Takes out pages of a range, whole folios only. */
  void remove(PageRange range) {
    invalidateLock.lock();
    try {
      reverseMap.unmapRange(range);
      for (long index = range.firstIndex(); index < range.endIndex(); index++) {
        if (cache.lookup(index) instanceof Folio folio) {
          folio.lock();
          if (folio.mapping() == this) {
            folio.isolate();
            cache.remove(folio);
            folio.detach();
            charged.add(-folio.pageCount());
            folio.put(1);
          }
          folio.unlock();
          folio.put(1);
        }
      }
    } finally {
      invalidateLock.unlock();
    }
  }

  @Override
  public void punchHole(long offsetBytes, long lengthBytes) {
    remove(new PageRange(offsetBytes >>> 12, lengthBytes >>> 12));
  }

  @Override
  public void truncate(long sizeBytes) {
    long before = pages;
    pages = (sizeBytes + 4095) >>> 12;
    if (pages < before) {
      remove(PageRange.between(pages, before));
    }
  }

  FileBook book() {
    return new FileBook(name, pages << 12, cache.presentPages(), charged.get(), cache.auditSlots());
  }

  @Override
  public void close() {
    truncate(0);
  }

  @Override
  public long permittedFlags(MapRequest request) {
    return mayFlags;
  }

  @Override
  public long endIndex() {
    return pages;
  }

  @Override
  public boolean charge(long count) {
    charged.add(count);
    return true;
  }

  @Override
  public void uncharge(long count) {
    charged.add(-count);
  }

  @Override
  public boolean releasePrivate(Folio folio) {
    return true;
  }

  @Override
  public boolean fillsHoles() {
    return true;
  }

  @Override
  public boolean permitsHuge(Vma vma, CollapseTrigger trigger) {
    return true;
  }

  @Override
  public synchronized void vmaOpened(Vma vma) {
    opened++;
  }

  @Override
  public synchronized void vmaClosed(Vma vma) {
    opened--;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public PageCache pageCache() {
    return cache;
  }

  @Override
  public ReverseMap reverseMap() {
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

  /** Its pages stay until the test ends, whoever uses them. */
  @Override
  public void hold() {}

  @Override
  public void letGo() {}

  @Override
  public Mapping mapping() {
    return this;
  }

  @Override
  public long sizeBytes() {
    return pages << 12;
  }

  @Override
  public long blocks() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void allocate(long offsetBytes, long lengthBytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public OptionalLong seekData(long offsetBytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public OptionalLong seekHole(long offsetBytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(long offsetBytes, MemorySegment to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(long offsetBytes, MemorySegment from) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<Seal> seals() {
    return Set.of();
  }

  @Override
  public void addSeals(Set<Seal> more) {
    throw new UnsupportedOperationException();
  }
}
