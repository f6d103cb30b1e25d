/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.khugepaged.fake.FakeKernel.END;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_BYTES;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_ORDER;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_PAGES;
import static org.mm4j.khugepaged.fake.FakeKernel.START;

import java.util.List;
import java.util.Set;
import org.mm4j.CollapseTrigger;
import org.mm4j.Pages;
import org.mm4j.ScanResult;
import org.mm4j.khugepaged.fake.FakeFolio;
import org.mm4j.khugepaged.fake.FakeKernel;
import org.mm4j.khugepaged.fake.StepLog;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.VmaFlag;

/** What the tests of the strategies share. */
abstract class StrategyTestSupport {
  final FakeKernel kernel = new FakeKernel();
  final StepLog log = new StepLog();

  static List<CollapseStrategy> all() {
    return List.of(
        new LinuxStrategy(),
        new LinuxAsMergedStrategy(),
        new SeedV2Strategy(),
        new PreFixStrategy());
  }

  static List<CollapseStrategy> modern() {
    return List.of(new LinuxStrategy(), new LinuxAsMergedStrategy());
  }

  static List<CollapseStrategy> old() {
    return List.of(new SeedV2Strategy(), new PreFixStrategy());
  }

  ScanResult collapse(CollapseStrategy strategy) {
    return kernel
        .engine(strategy, log)
        .collapse(kernel.newMemory(), kernel.file, START, CollapseTrigger.MADVISE);
  }

  /** Collapses, and requires that nothing changed but translations. */
  void assertRefused(ScanResult expected, CollapseStrategy strategy) {
    String before = kernel.book();
    assertEquals(expected, collapse(strategy), strategy.name());
    assertEquals(before, kernel.book(), strategy.name() + " rolled back");
  }

  /** Requires one huge page with these pages as they were and everything else zero. */
  void assertHuge(Set<Long> holes) {
    FakeFolio huge = kernel.at(START);
    assertNotNull(huge);
    assertEquals(HUGE_ORDER, huge.order());
    assertEquals(START, huge.index());
    assertSame(kernel.file, huge.mapping());
    for (long index = START; index < END; index++) {
      assertSame(huge, kernel.file.cache.at(index));
      long expected = holes.contains(index) ? 0 : index;
      assertEquals(expected, huge.content((int) (index - START)), "index " + index);
    }
    assertEquals(HUGE_PAGES, huge.references(), "one reference per page of the page cache");
    assertTrue(huge.isDirty());
    assertTrue(huge.isOnLru());
    assertFalse(huge.isLocked());
    assertNothingHeld();
    assertEquals(HUGE_PAGES, kernel.file.cache.presentPages());
    assertEquals(HUGE_PAGES, kernel.file.chargedPages);
  }

  void assertNothingHeld() {
    String book = kernel.book();
    assertFalse(book.contains("locked ") && book.contains(" locked "), book);
    assertTrue(book.contains("page cache unlocked"), book);
    assertTrue(book.contains("reverse map holders 0"), book);
    assertTrue(book.contains("translations flushed"), book);
    assertFalse(book.contains("INSTANCE"), book);
  }

  /** Maps pages of the file at some address, watched for missing pages. */
  void watch(long firstIndex, long pageCount) {
    kernel
        .newMemory()
        .map(16 * HUGE_BYTES, pageCount * Pages.SIZE_BYTES, kernel.file, firstIndex)
        .with(VmaFlag.UFFD_MISSING);
  }
}
