/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import org.mm4j.core.frame.ChunkedFrameMemory;
import org.mm4j.core.frame.FramePool;
import org.mm4j.core.xarray.NodeAllocator;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MappingOperations;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.ReverseMap;
import org.mm4j.sync.SharedLock;

/** A file that is nothing but a page cache, and folios for it. */
final class CacheFixture implements Mapping, AutoCloseable {
  private final FramePool pool;
  private final XArrayPageCache cache;

  CacheFixture(int chunkShift, int hugeOrder, NodeAllocator allocator) {
    this.pool = new FramePool(new ChunkedFrameMemory(), 32 << 20, hugeOrder);
    this.cache = new XArrayPageCache("test", chunkShift, allocator);
  }

  /** Returns a folio with one reference, attached at an index, in no cache. */
  Folio folio(long index, int order) {
    Folio folio = assertInstanceOf(Allocation.Allocated.class, pool.allocate(order, null)).folio();
    folio.attach(this, index);
    return folio;
  }

  /** Returns a folio that is in the cache, with no reference but the cache's. */
  Folio added(long index, int order) {
    Folio folio = folio(index, order);
    assertEquals(true, cache.add(folio));
    folio.put(1);
    return folio;
  }

  /** Takes a folio out of the cache, which frees it unless somebody has a reference. */
  void remove(Folio folio) {
    folio.get(1);
    folio.lock();
    assertEquals(true, cache.remove(folio));
    folio.detach();
    folio.unlock();
    folio.put(1);
  }

  FramePool pool() {
    return pool;
  }

  XArrayPageCache cache() {
    return cache;
  }

  @Override
  public void close() {
    assertEquals(pool.totalFrames(), pool.freeFrames(), "frames are leaked");
    pool.close();
  }

  @Override
  public String name() {
    return "test";
  }

  @Override
  public PageCache pageCache() {
    return cache;
  }

  @Override
  public ReverseMap reverseMap() {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappingOperations operations() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SharedLock invalidateLock() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void hold() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void letGo() {
    throw new UnsupportedOperationException();
  }
}
