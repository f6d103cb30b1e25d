/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.fake;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mm4j.PageRange;
import org.mm4j.Pages;
import org.mm4j.khugepaged.CollapseEngine;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.CollapseInterceptor;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.FolioAllocator;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.SwapEntry;
import org.mm4j.spi.TlbBatch;

/** One file, and huge pages of eight small ones. */
public final class FakeKernel implements FolioAllocator {
  /** The binary logarithm of the pages in a huge page. */
  public static final int HUGE_ORDER = 3;

  /** The pages in a huge page. */
  public static final int HUGE_PAGES = 1 << HUGE_ORDER;

  /** The bytes in a huge page. */
  public static final long HUGE_BYTES = (long) Pages.SIZE_BYTES << HUGE_ORDER;

  /** The first index of the range under test; not 0, so that indices and pages differ. */
  public static final long START = 2 * HUGE_PAGES;

  /** The index after it. */
  public static final long END = START + HUGE_PAGES;

  /** The range under test. */
  public static final PageRange RANGE = PageRange.between(START, END);

  private final Map<Long, FakeFolio> live = new LinkedHashMap<>();
  private long nextFrame;
  private long nextMemory = 1;
  boolean unflushed;

  /** The file. */
  public final FakeFile file = new FakeFile(this);

  /** What the allocator answers instead of a folio, if not null. */
  public Allocation.Refused refusal;

  /** Creates a page with content and a place in the page cache, charged and on the LRU. */
  public FakeFolio page(long index, long content) {
    return folio(0, index).withContent(0, content);
  }

  /** Creates a folio of any order likewise. */
  public FakeFolio folio(int order, long index) {
    FakeFolio folio = newFolio(order);
    folio.attach(file, index);
    folio.markUpToDate();
    folio.addToLru();
    folio.get(folio.pageCount() - 1);
    for (int page = 0; page < folio.pageCount(); page++) {
      folio.withContent(page, index + page);
      file.cache.slots.put(index + page, folio);
    }
    file.cache.presentPages += folio.pageCount();
    file.chargedPages += folio.pageCount();
    return folio;
  }

  /** Creates a fallocated page that nobody has touched. */
  public FakeFolio untouchedPage(long index) {
    FakeFolio folio = newFolio(0);
    folio.attach(file, index);
    folio.addToLru();
    file.cache.slots.put(index, folio);
    file.cache.presentPages++;
    file.chargedPages++;
    return folio;
  }

  /** Fills the range under test but some pages, each page with its index as content. */
  public void fillRangeExcept(long... holes) {
    fillExcept(START, holes);
  }

  /** Fills a range likewise. */
  public void fillExcept(long start, long... holes) {
    for (long index = start; index < start + HUGE_PAGES; index++) {
      long each = index;
      if (java.util.Arrays.stream(holes).noneMatch(hole -> hole == each)) {
        page(index, index);
      }
    }
  }

  /** Puts a page into swap. */
  public void swapOut(long index) {
    file.cache.slots.put(index, new SwapEntry(index, 0));
  }

  /** Adds translations to a page. */
  public void map(long index, int translations) {
    FakeFolio folio = at(index);
    folio.mapCount += translations;
    folio.get(translations);
  }

  /** The folio at an index. */
  public FakeFolio at(long index) {
    return (FakeFolio) file.cache.at(index);
  }

  /** Creates an address space. */
  public FakeMemory newMemory() {
    return new FakeMemory(nextMemory++);
  }

  /** Creates an engine. */
  public CollapseEngine engine(CollapseStrategy strategy, CollapseInterceptor... interceptors) {
    return new CollapseEngine(strategy, HUGE_ORDER, this, this::newBatch, List.of(interceptors));
  }

  /** Creates an empty batch. */
  public TlbBatch newBatch() {
    return () -> unflushed = false;
  }

  @Override
  public Allocation allocate(int order, MemoryDescriptor account) {
    return refusal == null ? new Allocation.Allocated(newFolio(order)) : refusal;
  }

  private FakeFolio newFolio(int order) {
    FakeFolio folio = new FakeFolio(this, order, nextFrame++);
    live.put(folio.frame(), folio);
    return folio;
  }

  /** Everything there is, but translations. */
  public String book() {
    List<String> book = new ArrayList<>(file.cache.book());
    book.add("charged " + file.chargedPages);
    book.add("held " + file.holders);
    book.add("reverse map holders " + file.reverseMap.sharedHolders);
    book.add("translations " + (unflushed ? "unflushed" : "flushed"));
    live.values().forEach(folio -> book.add(folio.book()));
    return String.join("\n", book);
  }

  boolean isFlushed() {
    return !unflushed;
  }

  boolean isStored(FakeFolio folio) {
    return file.cache.slots.containsValue(folio);
  }

  void freed(FakeFolio folio) {
    live.remove(folio.frame());
  }
}
