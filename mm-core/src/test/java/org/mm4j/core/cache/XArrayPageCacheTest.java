/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
import org.mm4j.core.frame.CoreFolio;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MemoryAudit.SlotBook;
import org.mm4j.spi.MemoryAudit.SlotKind;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.Placeholder;
import org.mm4j.spi.SwapEntry;

@ParameterizedClass(name = "chunk shift {0}")
@ValueSource(ints = {2, 6})
class XArrayPageCacheTest {
  private static final int ORDER = 3;
  private static final PageRange ALL = new PageRange(0, PageRange.INDEX_COUNT);
  private static final PageRange RANGE = new PageRange(8, 8);

  @Parameter int chunkShift;

  private int nodesLeft = Integer.MAX_VALUE;
  private CacheFixture file;
  private XArrayPageCache cache;

  @BeforeEach
  void createCache() {
    file =
        new CacheFixture(chunkShift, ORDER, count -> nodesLeft-- <= 0 ? null : new Object[count]);
    cache = file.cache();
  }

  @AfterEach
  void everythingIsGivenBack() {
    nodesLeft = Integer.MAX_VALUE;
    List<Folio> left = new ArrayList<>();
    cache.scan(ALL, (index, entry) -> !(entry instanceof Folio f) || left.add(f));
    left.forEach(file::remove);
    file.close();
  }

  private List<Object> scanned(PageRange range) {
    List<Object> met = new ArrayList<>();
    cache.scan(
        range,
        (index, entry) -> {
          met.add(index);
          return met.add(entry);
        });
    return met;
  }

  @Test
  void lookupGivesAReferenceAndAHoleGivesNull() {
    Folio folio = file.added(5, 0);
    assertSame(folio, cache.lookup(5));
    assertEquals(2, folio.references());
    folio.put(1);
    assertNull(cache.lookup(4));
    assertNull(cache.lookup(Long.MAX_VALUE));
  }

  @Test
  void lookupInALargeFolioGivesTheLargeFolio() {
    Folio large = file.added(8, ORDER);
    assertEquals(8, large.references());
    for (long i = 8; i < 16; i++) {
      assertSame(large, cache.lookup(i));
    }
    assertEquals(16, large.references());
    large.put(8);
    assertNull(cache.lookup(7));
    assertNull(cache.lookup(16));
  }

  @Test
  void lookupOfASwappedPageGivesTheSwapEntry() {
    Folio folio = file.added(3, 0);
    SwapEntry swap = new SwapEntry(77, 0);
    folio.get(1);
    folio.lock();
    assertTrue(cache.swapOut(folio, swap));
    assertFalse(cache.swapOut(folio, swap));
    folio.unlock();
    folio.put(1);
    assertSame(swap, cache.lookup(3));
    assertEquals(0, cache.presentPages());
    Folio back = file.folio(3, 0);
    assertFalse(cache.add(back), "taken by the swapped page");
    assertFalse(cache.swapIn(new SwapEntry(78, 0), back));
    assertEquals(1, back.references());
    assertTrue(cache.swapIn(swap, back));
    assertEquals(2, back.references());
    back.put(1);
    assertEquals(1, cache.presentPages());
    assertFalse(cache.eraseSwap(3, swap));
  }

  @Test
  void eraseSwapErasesOnlyTheExpectedEntry() {
    Folio folio = file.added(3, 0);
    SwapEntry swap = new SwapEntry(77, 0);
    folio.get(1);
    folio.lock();
    assertTrue(cache.swapOut(folio, swap));
    folio.unlock();
    folio.put(1);
    assertFalse(cache.eraseSwap(3, new SwapEntry(1, 0)));
    assertTrue(cache.eraseSwap(3, new SwapEntry(77, 0)));
    assertNull(cache.lookup(3));
    assertEquals(0, cache.metadataBytes());
  }

  @Test
  void addRefusesIfAnyIndexIsTaken() {
    file.added(11, 0);
    Folio large = file.folio(8, ORDER);
    assertFalse(cache.add(large));
    assertEquals(1, large.references());
    assertEquals(1, cache.presentPages());
    large.put(1);
  }

  @Test
  void addWithoutMemoryChangesNothing() {
    Folio folio = file.folio(1000, 0);
    nodesLeft = 0;
    MemoryException refused = assertThrows(MemoryException.class, () -> cache.add(folio));
    assertEquals(Errno.ENOMEM, refused.errno());
    assertEquals(1, folio.references());
    assertEquals(0, cache.presentPages());
    assertNull(cache.lookup(1000));
    assertEquals(0, cache.metadataBytes());
    nodesLeft = 100;
    assertTrue(cache.add(folio));
    folio.put(1);
  }

  @Test
  void removeDropsTheReferencesAndNeedsTheFolioLock() {
    Folio large = file.added(8, ORDER);
    Folio stranger = file.folio(8, 0);
    stranger.lock();
    assertFalse(cache.remove(stranger));
    stranger.unlock();
    stranger.put(1);
    assertThrows(IllegalStateException.class, () -> cache.remove(large));
    assertEquals(8, cache.presentPages());
    file.remove(large);
    assertEquals(0, cache.presentPages());
    assertNull(cache.lookup(12));
    assertEquals(file.pool().totalFrames(), file.pool().freeFrames());
  }

  @Test
  void replaceLargePutsPartsAndHolesInItsPlace() {
    Folio large = file.added(8, ORDER);
    large.get(2);
    large.lock();
    assertFalse(cache.replaceLarge(large, 9, () -> fail("somebody else holds it")));
    large.put(1);
    nodesLeft = chunkShift == 2 ? 1 : Integer.MAX_VALUE;
    if (chunkShift == 2) {
      assertFalse(cache.replaceLarge(large, 9, () -> fail("there is a node too few")));
      assertEquals(9, large.references());
      nodesLeft = 2;
    }
    List<CoreFolio> parts = new ArrayList<>();
    assertTrue(
        cache.replaceLarge(
            large,
            9,
            () -> {
              parts.addAll(((CoreFolio) large).split(1, 0, 0, 2));
              return List.of(parts.get(0), parts.get(2), parts.get(3));
            }));
    assertFalse(cache.replaceLarge(large, 9, () -> fail("it is gone")));
    large.unlock();
    assertEquals(7, cache.presentPages());
    int[] partAt = {0, 0, -1, 2, 3, 3, 3, 3};
    for (int i = 0; i < 8; i++) {
      PageCacheEntry met = cache.lookup(8 + i);
      assertSame(partAt[i] < 0 ? null : parts.get(partAt[i]), met);
      if (met instanceof Folio part) {
        assertEquals(2 + part.pageCount(), part.references());
        part.put(1);
      }
    }
    parts.forEach(part -> part.put(1));
    assertEquals(7, file.pool().totalFrames() - file.pool().freeFrames());
  }

  @Test
  void scanSeesEachLargeFolioOnceAndHoldsAReference() {
    Folio small = file.added(1, 0);
    Folio large = file.added(8, ORDER);
    Folio far = file.added(1L << 40, 0);
    assertEquals(List.of(1L, small, 8L, large, 1L << 40, far), scanned(ALL));
    assertEquals(List.of(11L, large), scanned(new PageRange(11, 100)));
    assertEquals(List.of(), scanned(new PageRange(2, 6)));
    assertEquals(List.of(), scanned(new PageRange(8, 0)));
    cache.scan(
        ALL,
        (index, entry) -> {
          assertEquals(2, small.references());
          return false;
        });
    assertEquals(1, small.references());
    assertEquals(8, large.references());
  }

  @Test
  void scanMissesNoPageOfALargeFolioThatIsCutUpUnderIt() {
    Folio large = mock(Folio.class);
    when(large.order()).thenReturn(ORDER);
    when(large.pageCount()).thenReturn(1 << ORDER);
    when(large.index()).thenReturn(8L);
    PageCacheCursor cursor = cache.cursor(RANGE);
    cursor.lock();
    cursor.storeWhole(large);
    cursor.unlock();
    List<Folio> kept = List.of(file.folio(9, 0), file.folio(15, 0));
    when(large.tryGet())
        .thenAnswer(
            call -> {
              cursor.lock();
              cursor.erase(8);
              kept.forEach(page -> cursor.store(page.index(), page));
              cursor.unlock();
              return false;
            });
    assertEquals(List.of(9L, kept.get(0), 15L, kept.get(1)), scanned(ALL));
    cursor.lock();
    cursor.erase(9);
    cursor.erase(15);
    cursor.unlock();
    kept.forEach(page -> page.put(1));
  }

  @Test
  void scanSeesALargeFolioInSingleSlotsOnce() {
    Folio large = file.folio(8, ORDER);
    PageCacheCursor cursor = cache.cursor(RANGE);
    cursor.lock();
    for (long i = 8; i < 16; i++) {
      cursor.store(i, large);
    }
    cursor.unlock();
    assertEquals(List.of(8L, large), scanned(ALL));
    cursor.lock();
    assertSame(large, cursor.load(15));
    cursor.erase(15);
    cursor.unlock();
    assertNull(cache.lookup(15));
    cursor.lock();
    for (long i = 8; i < 16; i++) {
      cursor.erase(i);
    }
    cursor.unlock();
    large.put(1);
  }

  @Test
  void cursorDoesACollapse() {
    List<Folio> old = List.of(file.added(9, 0), file.added(15, 0));
    Folio huge = file.folio(8, ORDER);
    PageCacheCursor cursor = cache.cursor(RANGE);
    assertThrows(IllegalStateException.class, () -> cursor.load(8));
    assertThrows(IllegalStateException.class, () -> cursor.adjustPresentPages(1));
    cursor.lock();
    assertTrue(cursor.reserveNodes());
    nodesLeft = 0;
    assertFalse(cursor.anyEntry(10, 14));
    assertTrue(cursor.anyEntry(10, 15));
    for (long i = 8; i < 16; i++) {
      if (cursor.load(i) == null) {
        assertTrue(cursor.storePlaceholder(i));
      }
    }
    assertSame(Placeholder.INSTANCE, cursor.load(8));
    assertThrows(IllegalStateException.class, cursor::unlock);
    assertTrue(cursor.isLocked());
    huge.get(7);
    cursor.storeWhole(huge);
    cursor.adjustPresentPages(6);
    cursor.unlock();
    assertFalse(cursor.isLocked());
    for (Folio folio : old) {
      assertEquals(1, folio.references(), "the cursor does not touch references");
      folio.put(1);
    }
    assertEquals(8, huge.references());
    assertEquals(8, cache.presentPages());
    assertSame(huge, cache.lookup(13));
    huge.put(1);
  }

  @Test
  void cursorRollsBackAndTrimFreesTheReserve() {
    PageCacheCursor cursor = cache.cursor(new PageRange(64, 64));
    cursor.lock();
    assertTrue(cursor.reserveNodes());
    assertTrue(cursor.storePlaceholder(70));
    cursor.erase(70);
    cursor.unlock();
    assertNull(cache.lookup(70));
    cache.trim(ALL);
    assertEquals(0, cache.metadataBytes());
  }

  @Test
  void cursorWithoutMemoryLeavesTheSlotEmpty() {
    nodesLeft = 0;
    PageCacheCursor cursor = cache.cursor(RANGE);
    cursor.lock();
    assertFalse(cursor.reserveNodes());
    assertFalse(cursor.storePlaceholder(8));
    assertNull(cursor.load(8));
    cursor.unlock();
    assertTrue(cache.cursor(new PageRange(9, 0)) != null);
  }

  @Test
  void auditShowsOneBookPerIndex() {
    Folio large = file.added(8, 1);
    Folio small = file.added(20, 0);
    assertEquals(
        Arrays.asList(
            new SlotBook(8, large.frame(), SlotKind.FOLIO),
            new SlotBook(9, large.frame(), SlotKind.FOLIO),
            new SlotBook(20, small.frame(), SlotKind.FOLIO)),
        cache.auditSlots());
  }

  @Test
  void lookupHitsAllocateNothing() {
    for (long i = 0; i < 1000; i++) {
      file.added(i, 0);
    }
    Folio large = file.added(1024, ORDER);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long leastBytes = Long.MAX_VALUE;
    // The runtime allocates a little of its own while it compiles, hence the best of some rounds.
    for (int round = 0; round < 5; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      lookUp(2_000_000, large.index());
      leastBytes = Math.min(leastBytes, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertEquals(0, leastBytes);
  }

  private void lookUp(int times, long largeIndex) {
    for (int i = 0; i < times; i++) {
      Folio folio = (Folio) cache.lookup(i % 2 == 0 ? i % 1000 : largeIndex + i % 8);
      folio.put(1);
    }
  }
}
