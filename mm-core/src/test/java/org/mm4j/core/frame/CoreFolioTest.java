/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.mm4j.Pages;
import org.mm4j.spi.Mapping;
import org.mm4j.testkit.RankCheckingSync;
import org.mm4j.testkit.locks.LockViolation;

final class CoreFolioTest {
  private final FramePool pool = Pools.small(32);

  @BeforeEach
  void forgetEarlierTests() {
    RankCheckingSync.takeViolations();
  }

  @AfterEach
  void closePool() {
    Pools.assertPristine(pool);
    pool.close();
    RankCheckingSync.assertNothingHeld();
  }

  @Test
  void beginsWithOneReferenceInNoFileAndNotUpToDate() {
    CoreFolio folio = Pools.folio(pool, 1);
    assertEquals(1, folio.order());
    assertEquals(2, folio.pageCount());
    assertEquals(1, folio.references());
    assertEquals(0, folio.mapCount());
    assertNull(folio.mapping());
    assertFalse(folio.isLocked());
    assertFalse(folio.isUpToDate());
    assertFalse(folio.isDirty());
    assertFalse(folio.isOnLru());
    assertFalse(folio.isPoisoned());
    folio.put(1);
  }

  @Test
  void remembersItsFlagsApartFromFrameAndOrder() {
    CoreFolio before = Pools.folio(pool, 2);
    CoreFolio folio = Pools.folio(pool, 2);
    long frame = folio.frame();
    folio.markUpToDate();
    folio.markDirty();
    folio.markPoisoned();
    folio.addToLru();
    folio.lock();
    assertTrue(folio.isUpToDate() && folio.isDirty() && folio.isPoisoned() && folio.isOnLru());
    assertTrue(folio.isLocked());
    assertFalse(folio.tryLock());
    assertEquals(frame, folio.frame());
    assertEquals(2, folio.order());
    folio.unlock();
    assertTrue(folio.tryLock());
    folio.unlock();
    assertThrows(LockViolation.class, folio::unlock);
    assertEquals(1, RankCheckingSync.takeViolations().size());
    folio.put(1);
    before.put(1);
  }

  @Test
  void isInAtMostOneFile() {
    CoreFolio folio = Pools.folio(pool, 0);
    Mapping mapping = mock(Mapping.class);
    when(mapping.name()).thenReturn("guest");
    folio.attach(mapping, 77);
    assertSame(mapping, folio.mapping());
    assertEquals(77, folio.index());
    assertBroken("attached twice", folio, () -> folio.attach(mapping, 78));
    assertTrue(folio.toString().contains("index 77 of guest"), folio.toString());
    folio.detach();
    assertNull(folio.mapping());
    folio.put(1);
  }

  @Test
  void givesNoReferenceOfAFreedFolio() {
    CoreFolio folio = Pools.folio(pool, 0);
    assertTrue(folio.tryGet());
    folio.get(3);
    assertEquals(5, folio.references());
    folio.put(4);
    folio.put(1);
    assertFalse(folio.tryGet());
    assertBroken("without holding one", folio, () -> folio.get(1));
    assertBroken("given back", folio, () -> folio.put(1));
    assertBroken("not frozen", folio, () -> folio.unfreeze(1));
    assertBroken("without a reference", folio, folio::addMapping);
    assertTrue(folio.toString().contains("freed"), folio.toString());
  }

  @Test
  void refusesToGiveBackMoreThanThereIs() {
    CoreFolio folio = Pools.folio(pool, 0);
    assertBroken("2 references given back", folio, () -> folio.put(2));
    assertEquals(1, folio.references());
    assertThrows(IllegalArgumentException.class, () -> folio.put(0));
    assertThrows(IllegalArgumentException.class, () -> folio.get(-1));
    folio.get(Integer.MAX_VALUE - 1);
    assertBroken("overflows", folio, () -> folio.get(1));
    assertBroken("overflows", folio, folio::tryGet);
    folio.put(Integer.MAX_VALUE);
  }

  @Test
  void countsTranslationsExactly() {
    CoreFolio folio = Pools.folio(pool, 0);
    folio.addMapping();
    folio.addMapping();
    assertEquals(2, folio.mapCount());
    assertEquals(1, folio.references());
    assertEquals(1, folio.removeMapping());
    assertBroken("while mapped", folio, () -> folio.put(1));
    assertEquals(0, folio.removeMapping());
    assertBroken("not mapped", folio, folio::removeMapping);
    assertEquals(1, folio.references());
    folio.put(1);
  }

  @Test
  void isNotFreedWhileLocked() {
    CoreFolio folio = Pools.folio(pool, 0);
    folio.lock();
    assertBroken("while locked", folio, () -> folio.put(1));
    folio.unlock();
    folio.put(1);
  }

  @Test
  void freezesOnlyAtTheExpectedCount() {
    CoreFolio folio = Pools.folio(pool, 0);
    folio.addMapping();
    assertFalse(folio.freeze(2));
    assertTrue(folio.freeze(1));
    assertEquals(0, folio.references());
    assertEquals(1, folio.mapCount(), "the map count is kept");
    assertFalse(folio.tryGet());
    assertFalse(folio.freeze(1));
    assertBroken("given back", folio, () -> folio.put(1));
    folio.unfreeze(3);
    assertBroken("not frozen", folio, () -> folio.unfreeze(1));
    assertEquals(3, folio.references());
    folio.removeMapping();
    folio.put(3);
  }

  @Test
  void splitsInPlaceWhenNobodyHoldsIt() {
    CoreFolio whole = Pools.folio(pool, Pools.ORDER);
    whole.data(5).fill((byte) 5);
    whole.markUpToDate();
    whole.addToLru();
    whole.lock();
    assertBroken("not frozen", whole, () -> whole.split(2, 1, 0, 0));
    whole.freeze(1);
    assertThrows(IllegalArgumentException.class, () -> whole.split(2, 1, 0));
    List<CoreFolio> parts = whole.split(2, 1, 0, 0);
    whole.unlock();
    assertFalse(whole.tryGet());
    assertBroken("not frozen", whole, () -> whole.unfreeze(1));
    assertEquals(4, parts.size());
    CoreFolio second = parts.get(1);
    assertEquals(whole.frame() + 4, second.frame());
    assertEquals(1, second.order());
    assertEquals(1, second.references());
    assertEquals(5, second.data(1).get(ValueLayout.JAVA_BYTE, 0));
    assertTrue(second.isUpToDate() && second.isOnLru() && !second.isDirty() && !second.isLocked());
    assertSame(second, pool.folioOf(whole.frame() + 5));
    long free = pool.freeFrames();
    parts.forEach(part -> part.put(1));
    assertEquals(free + whole.pageCount(), pool.freeFrames());
    assertNull(pool.folioOf(whole.frame()));
  }

  @Test
  void isolatesWithOneReference() {
    CoreFolio folio = Pools.folio(pool, 0);
    assertFalse(folio.isolate());
    folio.addToLru();
    assertBroken("LRU twice", folio, folio::addToLru);
    assertTrue(folio.isolate());
    assertEquals(2, folio.references());
    assertFalse(folio.isolate());
    folio.putBack();
    assertTrue(folio.isOnLru());
    assertEquals(1, folio.references());
    folio.put(1);
    assertFalse(folio.isOnLru());
  }

  @Test
  void copiesAndClearsSinglePages() {
    CoreFolio source = Pools.folio(pool, 1);
    CoreFolio target = Pools.folio(pool, 2);
    source.data(1).fill((byte) 7);
    for (int page = 0; page < 4; page++) {
      target.data(page).fill((byte) 1);
    }
    assertTrue(target.copyPage(2, source, 1));
    assertPage(1, target, 1);
    assertPage(7, target, 2);
    assertPage(1, target, 3);
    target.clearPage(2);
    assertPage(0, target, 2);
    assertPage(1, target, 3);
    assertPage(7, source, 1);
    source.markPoisoned();
    assertFalse(target.copyPage(0, source, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> target.data(4));
    assertThrows(IndexOutOfBoundsException.class, () -> target.clearPage(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> target.copyPage(0, source, 2));
    source.put(1);
    target.put(1);
  }

  private static void assertPage(int expected, CoreFolio folio, int page) {
    for (int at = 0; at < Pages.SIZE_BYTES; at += 255) {
      assertEquals(expected, folio.data(page).get(ValueLayout.JAVA_BYTE, at));
    }
  }

  @Test
  void allocatesNothingForReferencesAndFlags() {
    CoreFolio folio = Pools.folio(pool, 0);
    folio.addToLru();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    // The runtime itself allocates a little while it links and compiles. What a use allocates, it
    // allocates a million times in every round, so one round without a byte is the proof.
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 10 && least > 0; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      useReferences(folio, 1_000_000);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertEquals(0, least);
    folio.put(1);
  }

  private static void useReferences(CoreFolio folio, int times) {
    for (int i = 0; i < times; i++) {
      if (!folio.tryGet() || !folio.tryLock()) {
        throw new AssertionError(folio);
      }
      folio.isolate();
      folio.addMapping();
      folio.removeMapping();
      folio.putBack();
      folio.unlock();
      folio.put(1);
    }
  }

  @Test
  void isAsBigAsTheReportSays() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    CoreFolio[] made = new CoreFolio[10_000];
    made[0] = new CoreFolio(pool, 0, 0, null);
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < made.length; i++) {
      made[i] = new CoreFolio(pool, i, 0, null);
    }
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals(CoreFolio.HEAP_BYTES, Math.round((double) bytes / made.length));
  }

  private static void assertBroken(String what, CoreFolio folio, Executable use) {
    long frame = folio.frame();
    IllegalStateException broken = assertThrows(IllegalStateException.class, use);
    assertTrue(broken.getMessage().contains(what), broken.getMessage());
    assertTrue(
        broken.getMessage().contains("frame 0x" + Long.toHexString(frame)), broken.getMessage());
  }
}
