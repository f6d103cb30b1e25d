/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.mm4j.AddressRange;
import org.mm4j.Pages;
import org.mm4j.ScanResult;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.TlbBatch;
import org.mm4j.spi.Translations;
import org.mm4j.spi.UserfaultWatcher;
import org.mm4j.spi.Vma;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.SharedLock;

/** An address space of VMAs without page tables, which writes down what it is asked to remove. */
final class TestMemory implements MemoryDescriptor, Translations {
  /** What was asked for, with addresses in pages. */
  final List<String> calls = new ArrayList<>();

  /** The page numbers that have a translation. */
  final Set<Long> translated = new HashSet<>();

  final VmaLayout layout = new VmaLayout(this);
  boolean exiting;

  private final long id;
  private final SharedLock mmapLock;

  TestMemory(long id) {
    this.id = id;
    this.mmapLock = new SharedLock(LockRank.MMAP, "mm " + id);
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
    return layout.tree().find(address);
  }

  @Override
  public Vma nextVma(long address) {
    return layout.tree().next(address);
  }

  @Override
  public boolean removePage(Vma vma, long address, Folio folio, TlbBatch batch) {
    calls.add("mm" + id + " page " + (address >>> Pages.SHIFT));
    return translated.remove(address >>> Pages.SHIFT);
  }

  @Override
  public void removeRange(Vma vma, AddressRange range, TlbBatch batch) {
    long first = range.start() >>> Pages.SHIFT;
    long last = first + (range.lengthBytes() >>> Pages.SHIFT) - 1;
    calls.add("mm" + id + " range " + first + "-" + last);
  }

  @Override
  public void retract(Vma vma, long address, TlbBatch batch) {
    calls.add("mm" + id + " retract " + (address >>> Pages.SHIFT));
  }

  @Override
  public Vma arm(Vma vma, AddressRange part, UserfaultWatcher watcher, long uffdFlags) {
    throw new UnsupportedOperationException();
  }

  @Override
  public EntryState entry(long address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean install(Vma vma, long address, Folio folio) {
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
