/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mm4j.PageRange;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.Folio;
import org.mm4j.spi.FolioAllocator;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.Placeholder;
import org.mm4j.testkit.RankCheckingSync;

/**
 * The rules of section 1 of {@code docs/SPEC.md} for page caches, for stores that keep their pages
 * in a structure of their own. Extend it in a test:
 *
 * <pre>{@code
 * class BlockIndexTest extends PageCacheVerification {
 *   @Override
 *   protected PageCache createPageCache() {
 *     return new BlockIndex(2); // nodes of four, so that eight pages need several
 *   }
 * }
 * }</pre>
 *
 * <p>Huge pages have eight pages here. What the cache does not support is declared in {@link
 * #limits()}.
 */
public abstract class PageCacheVerification {
  private static final int HUGE_ORDER = 3;
  private static final int HUGE_PAGES = 1 << HUGE_ORDER;
  private static final long START = HUGE_PAGES;
  private static final PageRange RANGE = new PageRange(START, HUGE_PAGES);
  private static final long A_WHILE_MILLIS = 50;
  private static final long LIMIT_SECONDS = 10;

  private final BorrowedFolios borrowed = new BorrowedFolios();
  private @Nullable BareMapping mapping;

  /** For subclasses. */
  protected PageCacheVerification() {}

  /** Returns a page cache that is empty; called once for each test. */
  protected abstract PageCache createPageCache();

  /**
   * Returns where the folios come from that the suite stores; those of a small simulated kernel
   * unless the author has folios of its own. They must come in order 0 and order 3.
   */
  protected FolioAllocator folios() {
    return borrowed.allocator();
  }

  /**
   * Returns what the page cache does not do, each with the reason. Tests of it are skipped with
   * that reason instead of failing.
   */
  protected Map<PageCacheLimit, String> limits() {
    return Map.of();
  }

  @BeforeEach
  final void createMapping() {
    mapping = new BareMapping(createPageCache());
  }

  @AfterEach
  final void giveFoliosBack() {
    forgetLocksOfAFailedTest();
    borrowed.close();
  }

  private static void forgetLocksOfAFailedTest() {
    try {
      RankCheckingSync.assertNothingHeld();
    } catch (AssertionError failedAlready) {
      // a cursor is still locked only if the test has failed in the middle
    }
  }

  // ------------------------------------------------------------ lookup

  @Test
  final void rule_1_1_aHoleIsNullAndAFolioComesWithAReference() {
    assertNull(cache().lookup(START));
    Folio folio = store(START + 1, 0);
    int references = folio.references();
    assertSame(folio, cache().lookup(START + 1));
    assertEquals(references + 1, folio.references());
    folio.put(1);
    assertNull(cache().lookup(START + 2));
    assertNull(cache().lookup(START));
  }

  @Test
  final void rule_1_1_everyIndexOfALargeFolioFindsIt() {
    Folio huge = storeWhole();
    for (long index = START; index < RANGE.endIndex(); index++) {
      assertSame(huge, cache().lookup(index), "index " + index);
      huge.put(1);
    }
  }

  @Test
  final void rule_1_2_aLookupWaitsOverAPlaceholderAndSeesWhatComesAfterIt() throws Exception {
    Folio huge = folio(HUGE_ORDER, START);
    PageCacheCursor cursor = lockedCursor();
    assertTrue(cursor.storePlaceholder(START + 1));
    assertTrue(cursor.storePlaceholder(START + 2));
    CompletableFuture<@Nullable PageCacheEntry> first = lookupBeside(START + 1);
    CompletableFuture<@Nullable PageCacheEntry> second = lookupBeside(START + 2);
    assertThrows(
        TimeoutException.class,
        () -> first.get(A_WHILE_MILLIS, TimeUnit.MILLISECONDS),
        "a reader does not wait");
    cursor.erase(START + 2);
    assertNull(second.get(LIMIT_SECONDS, TimeUnit.SECONDS), "rolled back");
    huge.get(HUGE_PAGES);
    cursor.storeWhole(huge);
    cursor.unlock();
    assertSame(huge, first.get(LIMIT_SECONDS, TimeUnit.SECONDS), "committed");
    huge.put(1);
  }

  private CompletableFuture<@Nullable PageCacheEntry> lookupBeside(long index) {
    CompletableFuture<@Nullable PageCacheEntry> result = new CompletableFuture<>();
    Thread.ofPlatform().daemon().start(() -> result.complete(cache().lookup(index)));
    return result;
  }

  // ------------------------------------------------------------ stores

  @Test
  final void rule_1_7_aWholeStoreCoversItsIndicesAndNoOther() {
    Folio before = store(START - 1, 0);
    Folio after = store(RANGE.endIndex(), 0);
    store(START + 3, 0);
    Folio huge = storeWhole();
    PageCacheCursor cursor = lockedCursor(new PageRange(START - 1, HUGE_PAGES + 2));
    assertSame(before, cursor.load(START - 1));
    for (long index = START; index < RANGE.endIndex(); index++) {
      assertSame(huge, cursor.load(index), "index " + index);
    }
    assertSame(after, cursor.load(RANGE.endIndex()));
    cursor.unlock();
  }

  @Test
  final void rule_1_7_aWholeStoreReplacesPagesAndPlaceholders() {
    Folio small = store(START, 0);
    PageCacheCursor cursor = lockedCursor();
    for (long index = START + 1; index < RANGE.endIndex(); index++) {
      assertTrue(cursor.storePlaceholder(index));
    }
    Folio huge = folio(HUGE_ORDER, START);
    huge.get(HUGE_PAGES);
    cursor.storeWhole(huge);
    for (long index = START; index < RANGE.endIndex(); index++) {
      assertSame(huge, cursor.load(index), "index " + index);
    }
    cursor.unlock();
    assertNotEquals(small, cache().lookup(START));
    huge.put(1);
  }

  @Test
  final void rule_1_8_storeAndEraseChangeOneSlot() {
    skipIf(PageCacheLimit.NO_SINGLE_SLOTS_OF_LARGE_FOLIOS);
    Folio huge = folio(HUGE_ORDER, START);
    Folio neighbour = store(START + 2, 0);
    PageCacheCursor cursor = lockedCursor();
    huge.get(1);
    cursor.store(START + 1, huge);
    assertNull(cursor.load(START));
    assertSame(huge, cursor.load(START + 1));
    assertSame(neighbour, cursor.load(START + 2));
    cursor.erase(START + 1);
    assertNull(cursor.load(START + 1));
    assertSame(neighbour, cursor.load(START + 2));
    cursor.unlock();
    huge.put(1);
  }

  @Test
  final void rule_1_9_aCursorSeesWhatOthersDidWhileItWasUnlocked() {
    PageCacheCursor cursor = lockedCursor();
    assertNull(cursor.load(START + 1));
    assertFalse(cursor.anyEntry(START, RANGE.endIndex() - 1));
    cursor.unlock();
    Folio others = store(START + 1, 0);
    cursor.lock();
    assertSame(others, cursor.load(START + 1), "stored by another cursor meanwhile");
    assertTrue(cursor.anyEntry(START, RANGE.endIndex() - 1));
    cursor.unlock();
    Folio huge = storeWhole();
    cursor.lock();
    assertSame(huge, cursor.load(START + 1), "replaced by another cursor meanwhile");
    assertSame(huge, cursor.load(START + 5), "stored by another cursor meanwhile");
    cursor.unlock();
  }

  @Test
  final void rule_1_9_aCursorStoresInTheTreeAsItIsNow() {
    PageCacheCursor cursor = lockedCursor();
    assertTrue(cursor.reserveNodes());
    assertNull(cursor.load(START + 1));
    cursor.unlock();
    PageCacheCursor other = lockedCursor();
    other.releaseNodes();
    other.unlock();
    store(START + 4, 0);
    Folio folio = folio(0, START + 1);
    cursor.lock();
    assertTrue(cursor.reserveNodes());
    folio.get(1);
    cursor.store(START + 1, folio);
    cursor.unlock();
    assertSame(folio, cache().lookup(START + 1), "a store in a node that is in the tree no more");
    folio.put(1);
  }

  @Test
  final void rule_1_10_aPlaceholderTakesAHoleAndNothingElse() {
    Folio folio = store(START + 1, 0);
    PageCacheCursor cursor = lockedCursor();
    assertTrue(cursor.storePlaceholder(START));
    assertInstanceOf(Placeholder.class, cursor.load(START));
    assertSame(folio, cursor.load(START + 1));
    assertNull(cursor.load(START + 2));
    cursor.erase(START);
    assertNull(cursor.load(START));
    cursor.unlock();
  }

  @Test
  final void rule_1_11_reservingAndReleasingChangesNoEntry() {
    Folio folio = store(START + 1, 0);
    PageCacheCursor cursor = lockedCursor();
    assertTrue(cursor.reserveNodes());
    assertTrue(cursor.isLocked());
    for (long index = START; index < RANGE.endIndex(); index++) {
      assertSame(index == START + 1 ? folio : null, cursor.load(index), "index " + index);
    }
    cursor.releaseNodes();
    for (long index = START; index < RANGE.endIndex(); index++) {
      assertSame(index == START + 1 ? folio : null, cursor.load(index), "index " + index);
    }
    assertTrue(cursor.reserveNodes());
    for (long index = START; index < RANGE.endIndex(); index++) {
      if (index != START + 1) {
        assertTrue(cursor.storePlaceholder(index), "no memory for index " + index);
      }
    }
    for (long index = START; index < RANGE.endIndex(); index++) {
      if (index != START + 1) {
        cursor.erase(index);
      }
    }
    cursor.unlock();
    assertEquals(1, cache().presentPages());
  }

  @Test
  final void rule_1_12_aCursorWithoutItsLockIsRefused() {
    skipIf(PageCacheLimit.NO_LOCK_CHECKS);
    Folio folio = folio(0, START);
    PageCacheCursor cursor = cache().cursor(RANGE);
    assertFalse(cursor.isLocked());
    assertThrows(IllegalStateException.class, () -> cursor.load(START));
    assertThrows(IllegalStateException.class, () -> cursor.store(START, folio));
    assertThrows(IllegalStateException.class, () -> cursor.storePlaceholder(START));
    assertThrows(IllegalStateException.class, () -> cursor.erase(START));
    assertThrows(IllegalStateException.class, () -> cursor.adjustPresentPages(1));
    assertNull(cache().lookup(START));
    assertEquals(0, cache().presentPages());
  }

  @Test
  final void rule_1_13_presentPagesAreWhatWasAdjusted() {
    assertEquals(0, cache().presentPages());
    PageCacheCursor cursor = lockedCursor();
    assertTrue(cursor.storePlaceholder(START));
    cursor.adjustPresentPages(5);
    cursor.adjustPresentPages(-2);
    cursor.erase(START);
    cursor.unlock();
    assertEquals(3, cache().presentPages());
  }

  @Test
  final void rule_1_14_aScanSeesEachFolioOnceInOrderWithAReference() {
    skipIf(PageCacheLimit.NO_SCAN);
    Folio first = store(START - 2, 0);
    Folio huge = storeWhole();
    Folio last = store(RANGE.endIndex() + 1, 0);
    List<PageCacheEntry> seen = new ArrayList<>();
    List<Long> indices = new ArrayList<>();
    int references = huge.references();
    cache()
        .scan(
            new PageRange(0, 4L * HUGE_PAGES),
            (index, entry) -> {
              seen.add(entry);
              indices.add(index);
              if (entry.equals(huge)) {
                assertEquals(references + 1, huge.references(), "during the visit");
              }
              return true;
            });
    assertEquals(List.of(first, huge, last), seen);
    assertEquals(List.of(START - 2, START, RANGE.endIndex() + 1), indices);
    assertEquals(references, huge.references(), "after the visit");
  }

  @Test
  final void rule_1_14_aScanStopsWhenItIsTold() {
    skipIf(PageCacheLimit.NO_SCAN);
    store(START, 0);
    store(START + 1, 0);
    List<Long> indices = new ArrayList<>();
    cache()
        .scan(
            RANGE,
            (index, entry) -> {
              indices.add(index);
              return false;
            });
    assertEquals(List.of(START), indices);
  }

  // ------------------------------------------------------------ what the tests share

  private PageCache cache() {
    return mapping().pageCache();
  }

  private BareMapping mapping() {
    if (mapping == null) {
      throw new IllegalStateException("no test runs");
    }
    return mapping;
  }

  private PageCacheCursor lockedCursor() {
    return lockedCursor(RANGE);
  }

  private PageCacheCursor lockedCursor(PageRange range) {
    PageCacheCursor cursor = cache().cursor(range);
    cursor.lock();
    return cursor;
  }

  /** A folio that belongs to the file and is not stored yet, with one reference. */
  private Folio folio(int order, long index) {
    Allocation.Allocated allocated =
        assertInstanceOf(Allocation.Allocated.class, folios().allocate(order, null));
    Folio folio = allocated.folio();
    folio.attach(mapping(), index);
    folio.markUpToDate();
    return folio;
  }

  private Folio store(long index, int order) {
    Folio folio = folio(order, index);
    PageCacheCursor cursor = lockedCursor(new PageRange(index, 1));
    assertTrue(cursor.reserveNodes(), "no memory for nodes");
    cursor.store(index, folio);
    cursor.adjustPresentPages(1);
    cursor.unlock();
    return folio;
  }

  private Folio storeWhole() {
    Folio huge = folio(HUGE_ORDER, START);
    huge.get(HUGE_PAGES - 1);
    PageCacheCursor cursor = lockedCursor();
    assertTrue(cursor.reserveNodes(), "no memory for nodes");
    cursor.storeWhole(huge);
    cursor.unlock();
    return huge;
  }

  private void skipIf(PageCacheLimit limit) {
    String reason = limits().get(limit);
    if (reason != null) {
      abort(limit + ": " + reason);
    }
  }

  /** Returns the file that the folios of the suite belong to; it has a page cache and no more. */
  protected final Mapping file() {
    return mapping();
  }
}
