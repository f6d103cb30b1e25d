/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.tlb;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import org.mm4j.Access;
import org.mm4j.FaultSignal;
import org.mm4j.MemoryAccessException;
import org.mm4j.core.pagetable.Entry;
import org.mm4j.core.pagetable.PageTables;

/**
 * An address space without VMAs: page tables, frames and a fault handler that gives a page any free
 * frame, filled with the page's stamp. Only the pages below {@code pages} can be mapped.
 */
final class TinyMemory implements TranslationSource, AutoCloseable {
  static final long PAGE = 4096;

  final PageTables tables;
  final ShootdownDomain domain = new ShootdownDomain();
  final FlushStatistics statistics = new FlushStatistics();
  final int pages;
  long permissions = Entry.WRITABLE | Entry.EXECUTABLE;
  long faults;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;
  private final int hugeOrder;
  private final Deque<Long> free = new ArrayDeque<>();

  TinyMemory(int pages, int frames, int hugeOrder) {
    this.pages = pages;
    this.hugeOrder = hugeOrder;
    tables = new PageTables(hugeOrder);
    memory = arena.allocate(frames * PAGE, PAGE);
    for (long frame = 0; frame < frames; frame++) {
      free.add(frame);
    }
  }

  static long stamp(long page) {
    return 0x5AFE_0000_0000_0000L | page;
  }

  @Override
  public int hugeOrder() {
    return hugeOrder;
  }

  @Override
  public long translate(long address, Access access) {
    return tables.translate(address, access);
  }

  @Override
  public MemorySegment chunkOf(long frame) {
    return memory;
  }

  @Override
  public long offsetInChunk(long frame) {
    return frame * PAGE;
  }

  @Override
  public synchronized void resolve(long address, Access access) {
    long page = address / PAGE;
    if (page >= pages || page < 0) {
      throw new MemoryAccessException(FaultSignal.SEGV_MAPERR, address, access);
    }
    if (tables.walk(address) != Entry.NONE) {
      if (tables.translate(address, access) == Entry.NONE) {
        throw new MemoryAccessException(FaultSignal.SEGV_ACCERR, address, access);
      }
      return;
    }
    faults++;
    Long frame = free.poll();
    if (frame == null) {
      return; // whoever unmaps is about to give one back
    }
    fill(frame, stamp(page));
    tables.mapPage(page * PAGE, Entry.of(frame, Entry.PRESENT | Entry.READABLE | permissions));
  }

  /** Unmaps a page, forgets it everywhere if told so, and gives its frame to whoever comes next. */
  void evict(long page, boolean flush) {
    long[] frame = {-1};
    tables.zap(page * PAGE, (page + 1) * PAGE, (address, entry) -> frame[0] = Entry.frame(entry));
    if (frame[0] < 0) {
      return;
    }
    if (flush) {
      CpuTlbBatch batch = new CpuTlbBatch(statistics);
      batch.touch(domain);
      batch.flush();
    }
    synchronized (this) {
      fill(frame[0], -1);
      free.add(frame[0]);
    }
  }

  private void fill(long frame, long value) {
    for (long i = 0; i < PAGE; i += 8) {
      memory.set(ValueLayout.JAVA_LONG, frame * PAGE + i, value);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
