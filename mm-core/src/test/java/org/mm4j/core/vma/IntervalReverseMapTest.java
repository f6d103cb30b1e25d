/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mm4j.AddressRange;
import org.mm4j.PageRange;
import org.mm4j.Pages;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;

/** A reverse map in a world whose huge page has 8 pages. */
final class IntervalReverseMapTest {
  private static final int HUGE_ORDER = 3;

  private int flushes;
  private final IntervalReverseMap reverseMap =
      new IntervalReverseMap("f", HUGE_ORDER, () -> () -> flushes++);
  private final TestFile file = new TestFile("f", reverseMap);
  private final TestMemory one = new TestMemory(1);
  private final TestMemory two = new TestMemory(2);

  private MappedVma map(TestMemory mm, long page, long pageCount, long pageOffset) {
    MappedVma vma =
        new MappedVma(
            mm,
            new AddressRange(page << Pages.SHIFT, pageCount << Pages.SHIFT),
            file,
            pageOffset,
            0,
            null);
    mm.layout.insert(vma);
    return vma;
  }

  private List<Vma> overlapping(long first, long last) {
    List<Vma> found = new ArrayList<>();
    reverseMap.lockShared();
    reverseMap.overlapping(first, last, found::add);
    reverseMap.unlockShared();
    return found;
  }

  private Folio folio(long index, int order, int... mapCounts) {
    Folio folio = mock();
    when(folio.index()).thenReturn(index);
    when(folio.pageCount()).thenReturn(1 << order);
    int[] next = {0};
    when(folio.mapCount()).thenAnswer(call -> mapCounts[Math.min(next[0]++, mapCounts.length - 1)]);
    return folio;
  }

  @Test
  void rule_2_4_theQueryIsAClosedInterval() {
    MappedVma at8 = map(one, 100, 4, 8);
    MappedVma at9 = map(one, 200, 4, 9);
    assertEquals(List.of(), overlapping(0, 7));
    // An end passed as a last index finds the VMA that begins there: Linux's quirk.
    assertEquals(List.of(at8), overlapping(0, 8));
    assertEquals(List.of(at8, at9), overlapping(0, 9));
    assertEquals(List.of(at9), overlapping(12, 12));
    assertEquals(List.of(), overlapping(13, 100));
  }

  @Test
  void aQueryNeedsTheLock() {
    assertThrows(IllegalStateException.class, () -> reverseMap.overlapping(0, 1, vma -> true));
  }

  @Test
  void theSameRangeOfManyAddressSpacesIsVisitedByAddressSpace() {
    MappedVma second = map(two, 100, 4, 0);
    MappedVma first = map(one, 100, 4, 0);
    MappedVma third = map(two, 200, 4, 0);
    assertEquals(List.of(first, second, third), overlapping(1, 1));
    assertEquals(List.of(first, second, third), reverseMap.vmas());
    reverseMap.check();
  }

  @Test
  void rule_2_8_unmapAsksForEachPageThatAVmaMaps() {
    map(one, 100, 4, 6);
    map(two, 50, 100, 0);
    reverseMap.unmap(folio(4, 2, 9), () -> {});
    assertEquals(List.of("mm1 page 100", "mm1 page 101"), one.calls);
    assertEquals(List.of("mm2 page 54", "mm2 page 55", "mm2 page 56", "mm2 page 57"), two.calls);
    assertEquals(0, flushes, "the batch is the caller's");
  }

  @Test
  void unmapStopsWhenNoTranslationIsLeft() {
    map(one, 100, 8, 0);
    map(two, 100, 8, 0);
    one.translated.add(102L);
    reverseMap.unmap(folio(0, 3, 0), () -> {});
    assertEquals(List.of("mm1 page 100", "mm1 page 101", "mm1 page 102"), one.calls);
    assertEquals(List.of(), two.calls);
  }

  @Test
  void unmapRangeCutsToTheRangeAndFlushesOnce() {
    map(one, 100, 10, 0);
    map(two, 200, 10, 5);
    reverseMap.unmapRange(new PageRange(3, 4));
    assertEquals(List.of("mm1 range 103-106"), one.calls);
    assertEquals(List.of("mm2 range 200-201"), two.calls);
    assertEquals(1, flushes);
    reverseMap.unmapRange(new PageRange(3, 0));
    assertEquals(1, one.calls.size());
  }

  @ParameterizedTest(name = "{0}: {5}")
  @CsvSource(
      textBlock =
          """
          # what,                      page, count, offset, flags, retracted
          exactly the huge page,       64,   8,     8,      '',         true
          more than the huge page,     56,   24,    0,      '',         true
          address not aligned,         65,   8,     8,      '',         false
          begins after the start,      65,   7,     9,      '',         false
          ends one page early,         64,   7,     8,      '',         false
          armed for stores,            64,   8,     8,      UFFD_WP,    false
          armed for missing pages,     64,   8,     8,      UFFD_MISSING, true
          armed for minor faults,      64,   8,     8,      UFFD_MINOR, true
          another part of the file,    64,   8,     16,     '',         false
          """)
  void rule_2_9_tablesAreRetractedWhereTheVmaPermits(
      String what, long page, long pageCount, long offset, String flag, boolean retracted) {
    MappedVma vma = map(one, page, pageCount, offset);
    if (!flag.isEmpty()) {
      vma.setFlags(VmaFlag.valueOf(flag).bit());
    }
    reverseMap.retractPageTables(8);
    assertEquals(retracted ? List.of("mm1 retract 64") : List.of(), one.calls, what);
    assertEquals(1, flushes);
  }

  @Test
  void anExitingAddressSpaceIsPassedOver() {
    map(one, 64, 8, 8);
    map(two, 64, 8, 8);
    one.exiting = true;
    reverseMap.retractPageTables(8);
    assertEquals(List.of(), one.calls);
    assertEquals(List.of("mm2 retract 64"), two.calls);
  }

  @Test
  void removingAStrangerChangesNothing() {
    MappedVma vma = map(one, 100, 4, 0);
    MappedVma stranger = vma.piece(vma.start(), vma.end());
    assertThrows(
        IllegalArgumentException.class,
        () -> reverseMap.replace(List.of(vma, stranger), List.of()));
    assertEquals(List.of(vma), reverseMap.vmas());
  }

  @Test
  void aFailingAddressSpaceLeavesTheLockFreeAndTheBatchFlushed() {
    Vma broken = mock();
    MemoryDescriptor failing = mock();
    when(failing.translations()).thenThrow(new IllegalStateException("broken"));
    when(broken.mm()).thenReturn(failing);
    when(broken.range()).thenReturn(new AddressRange(0, Pages.SIZE_BYTES));
    when(broken.endIndex()).thenReturn(1L);
    reverseMap.insert(broken);
    assertThrows(IllegalStateException.class, () -> reverseMap.unmapRange(new PageRange(0, 1)));
    assertEquals(1, flushes);
    assertTrue(overlapping(0, 0).contains(broken));
    reverseMap.remove(broken);
    assertFalse(overlapping(0, 0).contains(broken));
  }
}
