/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import java.lang.foreign.MemorySegment;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.Pages;
import org.mm4j.ScanResult;
import org.mm4j.core.frame.CoreFolio;
import org.mm4j.core.vma.MappedVma;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.TlbBatch;
import org.mm4j.spi.Translations;
import org.mm4j.spi.UserfaultWatcher;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.SharedLock;

/** An address space that maps one file from address 0x100000 on, with a map for page tables. */
final class TestSpace implements MemoryDescriptor, Translations {
  static final long START = 0x100000;
  static final long SHARED_WRITABLE =
      VmaFlag.SHARED.bit() | VmaFlag.MAY_WRITE.bit() | VmaFlag.READ.bit() | VmaFlag.WRITE.bit();

  private static final AtomicLong LAST_ID = new AtomicLong();

  private final long id = LAST_ID.incrementAndGet();
  private final SharedLock mmapLock = new SharedLock(LockRank.MMAP, "test");
  private final TreeMap<Long, CoreFolio> entries = new TreeMap<>();
  private final ShmemInode inode;
  private final MappedVma vma;

  TestSpace(ShmemInode inode, long pageCount, long flags) {
    this.inode = inode;
    this.vma =
        new MappedVma(
            this, new AddressRange(START, pageCount << Pages.SHIFT), inode, 0, flags, null);
    mmapLock.lock();
    inode.operations().vmaOpened(vma);
    inode.reverseMap().insert(vma);
    mmapLock.unlock();
  }

  MappedVma vma() {
    return vma;
  }

  /**
   * Faults in the page at an index, as a fault on the mapping does.
   *
   * @return false if it is beyond the end of the file
   */
  boolean touch(long index) {
    inode.invalidateLock().lockShared();
    try {
      if (!(inode.operations().create(index, this) instanceof BringIn.Present present)) {
        return false;
      }
      map(index, (CoreFolio) present.folio());
      InodePages.release(present.folio());
      return true;
    } finally {
      inode.invalidateLock().unlockShared();
    }
  }

  private void map(long index, CoreFolio folio) {
    synchronized (entries) {
      CoreFolio old = entries.putIfAbsent(vma.addressOf(index), folio);
      if (old == null) {
        folio.get(1);
        folio.addMapping();
      } else if (old != folio) {
        throw new AssertionError("stale translation at " + index + ": " + old + ", now " + folio);
      }
    }
  }

  boolean isMapped(long index) {
    synchronized (entries) {
      return entries.containsKey(vma.addressOf(index));
    }
  }

  /** The content of a mapped page. */
  MemorySegment page(long index) {
    synchronized (entries) {
      CoreFolio folio = entries.get(vma.addressOf(index));
      return folio.data(InodePages.pageOf(folio, index));
    }
  }

  void unmapAll() {
    removeRange(vma, vma.range(), () -> {});
    mmapLock.lock();
    inode.reverseMap().remove(vma);
    inode.operations().vmaClosed(vma);
    mmapLock.unlock();
  }

  @Override
  public boolean removePage(Vma of, long address, Folio folio, TlbBatch batch) {
    synchronized (entries) {
      if (entries.get(address) != folio) {
        return false;
      }
      drop(entries.remove(address));
      return true;
    }
  }

  @Override
  public void removeRange(Vma of, AddressRange range, TlbBatch batch) {
    synchronized (entries) {
      var part = entries.subMap(range.start(), range.end());
      part.values().forEach(TestSpace::drop);
      part.clear();
    }
  }

  private static void drop(CoreFolio folio) {
    folio.removeMapping();
    folio.put(1);
  }

  @Override
  public void retract(Vma of, long address, TlbBatch batch) {}

  @Override
  public long id() {
    return id;
  }

  @Override
  public SharedLock mmapLock() {
    return mmapLock;
  }

  @Override
  public boolean isExiting() {
    return false;
  }

  @Override
  public @Nullable Vma findVma(long address) {
    return vma;
  }

  @Override
  public @Nullable Vma nextVma(long address) {
    return vma;
  }

  @Override
  public Vma arm(Vma of, AddressRange part, @Nullable UserfaultWatcher watcher, long uffdFlags) {
    throw new UnsupportedOperationException();
  }

  @Override
  public EntryState entry(long address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean install(Vma of, long address, Folio folio) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScanResult mapHuge(long address, boolean install) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void read(long address, MemorySegment to) {
    throw new UnsupportedOperationException();
  }
}
