/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import org.junit.jupiter.api.Test;
import org.mm4j.PageRange;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheCursor;

/** What lock-free readers may meet, one moment at a time. */
final class BlockIndexRacesTest {
  private final BlockIndex index = new BlockIndex(3);

  private static Folio folio(int firstIndex, int pages) {
    Folio folio = mock(Folio.class);
    when(folio.index()).thenReturn((long) firstIndex);
    when(folio.pageCount()).thenReturn(pages);
    when(folio.tryGet()).thenReturn(true);
    return folio;
  }

  private PageCacheCursor locked() {
    PageCacheCursor cursor = index.cursor(new PageRange(0, 16));
    cursor.lock();
    return cursor;
  }

  @Test
  void aStoreIntoAHugePageLeavesItAtEveryOtherIndex() {
    Folio huge = folio(8, 8);
    Folio small = folio(11, 1);
    PageCacheCursor cursor = locked();
    cursor.storeWhole(huge);
    cursor.store(11, small);
    cursor.unlock();
    for (int at = 8; at < 16; at++) {
      assertSame(at == 11 ? small : huge, index.glance(at), "index " + at);
    }
    assertNull(index.glance(7));
    assertNull(index.glance(16));
  }

  @Test
  void aFolioThatLeavesBetweenTheTwoLooksIsGivenBack() {
    Folio old = folio(3, 1);
    Folio huge = folio(0, 8);
    PageCacheCursor cursor = locked();
    cursor.store(3, old);
    cursor.unlock();
    when(old.tryGet())
        .thenAnswer(
            call -> {
              cursor.lock();
              cursor.storeWhole(huge);
              cursor.unlock();
              return true;
            });
    assertSame(huge, index.lookup(3));
    verify(old).put(1);
  }

  @Test
  void aFolioWithoutReferencesIsLookedUpAgain() {
    Folio dying = folio(3, 1);
    PageCacheCursor cursor = locked();
    cursor.store(3, dying);
    cursor.unlock();
    when(dying.tryGet())
        .thenAnswer(
            call -> {
              cursor.lock();
              cursor.erase(3);
              cursor.unlock();
              return false;
            });
    assertNull(index.lookup(3));
  }

  @Test
  void aTableThatHasLeftTheDirectoryIsNotWrittenAgain() {
    Folio small = folio(1, 1);
    PageCacheCursor cursor = locked();
    cursor.store(1, small);
    Object[] old = index.tableOf(0);
    cursor.storeWhole(folio(0, 8));
    cursor.erase(1);
    cursor.unlock();
    assertSame(small, old[1]);
    assertNull(index.glance(1));
  }

  @Test
  void theLockIsNotReleasedOverAPlaceholder() {
    PageCacheCursor cursor = locked();
    assertTrue(cursor.storePlaceholder(5));
    assertThrows(IllegalStateException.class, cursor::unlock);
    assertTrue(cursor.isLocked());
    assertThrows(IllegalStateException.class, () -> cursor.storePlaceholder(5));
    cursor.erase(5);
    cursor.unlock();
    assertEquals(0, index.presentPages());
  }

  @Test
  void theDirectoryGrowsAndKeepsWhatItHas() {
    Folio first = folio(0, 1);
    Folio last = folio(8 * 100, 1);
    PageCacheCursor cursor = locked();
    cursor.store(0, first);
    cursor.store(8 * 100, last);
    cursor.unlock();
    assertSame(first, index.glance(0));
    assertSame(last, index.glance(8 * 100));
    assertNull(index.glance((long) BlockIndex.MOST_BLOCKS << 3));
    PageCacheCursor tooFar = index.cursor(new PageRange((long) BlockIndex.MOST_BLOCKS << 3, 8));
    tooFar.lock();
    assertEquals(false, tooFar.reserveNodes());
    tooFar.unlock();
  }
}
