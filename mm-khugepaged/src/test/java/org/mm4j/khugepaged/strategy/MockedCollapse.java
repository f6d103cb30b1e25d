/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.mm4j.PageRange;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MappingOperations;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.ReverseMap;
import org.mm4j.spi.TlbBatch;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.Fences;
import org.mockito.InOrder;
import org.mockito.MockedStatic;

/**
 * A collapse in which everything is a mock of a contract: four pages, {@code page hole page hole},
 * of which the second page is mapped. Nothing of a kernel is behind it, so a strategy that runs
 * here needs nothing but the contracts.
 */
final class MockedCollapse {
  static final long START = 8;
  static final long END = 12;
  static final PageRange RANGE = new PageRange(START, 4);
  private static final int ORDER = 2;

  final CollapseSession session = mock(CollapseSession.class);
  final Mapping mapping = mock(Mapping.class);
  final MappingOperations operations = mock(MappingOperations.class);
  final ReverseMap reverseMap = mock(ReverseMap.class);
  final PageCacheCursor cursor = mock(PageCacheCursor.class);
  final TlbBatch tlb = mock(TlbBatch.class);
  final Folio target = mock(Folio.class, "target");
  final Folio first = page("first", START);
  final Folio second = page("second", START + 2);
  final List<Folio> sources = new ArrayList<>();
  private boolean locked;

  MockedCollapse() {
    when(session.mapping()).thenReturn(mapping);
    when(session.range()).thenReturn(RANGE);
    when(session.cursor()).thenReturn(cursor);
    when(session.tlb()).thenReturn(tlb);
    when(session.target()).thenReturn(target);
    when(session.sources()).thenReturn(sources);
    when(session.chargeHoles(anyLong())).thenReturn(true);
    doAnswer(call -> sources.add(call.getArgument(0))).when(session).addSource(any());
    when(mapping.operations()).thenReturn(operations);
    when(mapping.reverseMap()).thenReturn(reverseMap);
    when(operations.fillsHoles()).thenReturn(true);
    when(operations.releasePrivate(any())).thenReturn(true);
    mockCursor();
    when(target.order()).thenReturn(ORDER);
    when(target.pageCount()).thenReturn(1 << ORDER);
    when(target.copyPage(anyInt(), any(), anyInt())).thenReturn(true);
    when(second.mapCount()).thenReturn(1);
  }

  private void mockCursor() {
    doAnswer(call -> locked = true).when(cursor).lock();
    doAnswer(call -> locked = false).when(cursor).unlock();
    when(cursor.isLocked()).thenAnswer(call -> locked);
    when(cursor.reserveNodes()).thenReturn(true);
    when(cursor.anyEntry(START, END - 1)).thenReturn(true);
    when(cursor.load(START)).thenReturn(first);
    when(cursor.load(START + 2)).thenReturn(second);
    when(cursor.storePlaceholder(anyLong())).thenReturn(true);
  }

  private Folio page(String name, long index) {
    Folio page = mock(Folio.class, name);
    when(page.index()).thenReturn(index);
    when(page.pageCount()).thenReturn(1);
    when(page.isUpToDate()).thenReturn(true);
    when(page.mapping()).thenReturn(mapping);
    when(page.tryLock()).thenReturn(true);
    when(page.tryGet()).thenReturn(true);
    when(page.isolate()).thenReturn(true);
    when(page.references()).thenReturn(3);
    when(page.freeze(3)).thenReturn(true);
    return page;
  }

  /** A VMA over any interval that the strategy asks for watches for missing pages. */
  void isWatched() {
    Vma vma = mock(Vma.class);
    when(vma.has(VmaFlag.UFFD_MISSING)).thenReturn(true);
    doAnswer(call -> call.<Predicate<Vma>>getArgument(2).test(vma))
        .when(reverseMap)
        .overlapping(anyLong(), anyLong(), any());
  }

  /** Runs a strategy and returns its answer; fences are mocks, too, and are seen by the check. */
  ScanResult run(CollapseStrategy strategy, Check check) {
    try (MockedStatic<Fences> fences = mockStatic(Fences.class)) {
      ScanResult answer = strategy.collapse(session);
      check.check(
          inOrder(
              session, cursor, reverseMap, tlb, first, second, target, operations, Fences.class),
          fences);
      return answer;
    }
  }

  /** Looks at the calls that were made. */
  interface Check {
    void check(InOrder order, MockedStatic<Fences> fences);
  }

  /** Requires a refusal that rolls back once and commits nothing. */
  void assertRefused(ScanResult expected, CollapseStrategy strategy) {
    assertEquals(expected, run(strategy, (order, fences) -> {}), strategy.name());
    verify(session).rollBack();
    verify(session, never()).committed();
    verify(cursor, never()).storeWhole(any());
  }
}
