/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.fake;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.mm4j.AddressRange;
import org.mm4j.ScanResult;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.UserfaultWatcher;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.SharedLock;

/** An address space of VMAs without page tables. */
public class FakeMemory implements MemoryDescriptor {
  private final long id;
  private final SharedLock mmapLock = new SharedLock(LockRank.MMAP, "fake");
  private final List<Area> areas = new ArrayList<>();

  /** Whether it is being torn down. */
  public boolean exiting;

  /** The calls of mapHuge, as "address install". */
  public final List<String> mapHugeCalls = new ArrayList<>();

  /** Answers mapHuge. */
  public Function<Long, ScanResult> mapHuge = address -> ScanResult.SUCCEED;

  FakeMemory(long id) {
    this.id = id;
  }

  /** Maps a file; areas are mapped in ascending order. */
  public Area map(long start, long lengthBytes, FakeFile file, long pageOffset) {
    Area area = new Area(this, new AddressRange(start, lengthBytes), file, pageOffset);
    areas.add(area);
    if (file != null) {
      file.reverseMap.insert(area);
    }
    return area;
  }

  /** Unmaps an area. */
  public void unmap(Area area) {
    areas.remove(area);
  }

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
    return exiting;
  }

  @Override
  public Vma findVma(long address) {
    return areas.stream().filter(a -> a.range().contains(address)).findFirst().orElse(null);
  }

  @Override
  public Vma nextVma(long address) {
    return areas.stream()
        .filter(a -> Long.compareUnsigned(a.range().end(), address) > 0)
        .findFirst()
        .orElse(null);
  }

  @Override
  public Vma arm(Vma vma, AddressRange part, UserfaultWatcher watcher, long uffdFlags) {
    throw new UnsupportedOperationException();
  }

  @Override
  public EntryState entry(long address) {
    return EntryState.NONE;
  }

  @Override
  public boolean install(Vma vma, long address, Folio folio) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScanResult mapHuge(long address, boolean install) {
    FakePageCache.require(mmapLock.isHeldShared(), "mapHuge without the mmap lock");
    mapHugeCalls.add(Long.toHexString(address) + " " + install);
    return mapHuge.apply(address);
  }

  @Override
  public void read(long address, MemorySegment to) {
    throw new UnsupportedOperationException();
  }

  /** A VMA. */
  public static final class Area implements Vma {
    private final FakeMemory mm;
    private final AddressRange range;
    private final FakeFile file;
    private final long pageOffset;
    private long flags;

    Area(FakeMemory mm, AddressRange range, FakeFile file, long pageOffset) {
      this.mm = mm;
      this.range = range;
      this.file = file;
      this.pageOffset = pageOffset;
    }

    /** Sets a flag. */
    public Area with(VmaFlag flag) {
      flags |= flag.bit();
      return this;
    }

    @Override
    public AddressRange range() {
      return range;
    }

    @Override
    public long pageOffset() {
      return pageOffset;
    }

    @Override
    public MemoryDescriptor mm() {
      return mm;
    }

    @Override
    public Mapping mapping() {
      return file;
    }

    @Override
    public long flags() {
      return flags;
    }

    @Override
    public UserfaultWatcher watcher() {
      return null;
    }
  }
}
