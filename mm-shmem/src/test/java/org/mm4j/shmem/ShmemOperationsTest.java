/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.shmem.Bytes.PAGE;
import static org.mm4j.shmem.Bytes.pages;
import static org.mm4j.shmem.Bytes.read;
import static org.mm4j.shmem.Bytes.write;
import static org.mockito.Mockito.mock;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.mm4j.CollapseTrigger;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.FillResult;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MappingOperations;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageFiller;
import org.mm4j.spi.VmaFlag;

final class ShmemOperationsTest {
  private static final MemoryDescriptor MM = mock(MemoryDescriptor.class);

  private static MappingOperations operations(ShmemFile file) {
    return TestKernel.inode(file).operations();
  }

  private static void assertHeld(Folio folio, int references) {
    assertTrue(folio.isLocked() && folio.isUpToDate() && folio.isDirty() && folio.isOnLru());
    assertEquals(references, folio.references());
    InodePages.release(folio);
  }

  private static Folio present(BringIn result) {
    return assertInstanceOf(BringIn.Present.class, result).folio();
  }

  private static PageFiller filler(int value) {
    return page -> page.fill((byte) value);
  }

  @Test
  void bringInLeavesAHoleAHole() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(2 * PAGE);
      assertEquals(BringIn.Absent.HOLE, operations(file).bringIn(1));
      assertEquals(BringIn.Absent.BEYOND_END, operations(file).bringIn(2));
      assertEquals(0, pages(file));
    }
  }

  @Test
  void bringInZeroesAFallocatedPage() {
    try (TestKernel kernel = TestKernel.small()) {
      try (ShmemFile dirt = kernel.file("dirt")) {
        write(dirt, 0, 0xee, 64 * PAGE);
      }
      try (ShmemFile file = kernel.file()) {
        file.allocate(0, 2 * PAGE);
        assertHeld(present(operations(file).bringIn(1)), 2);
        assertArrayEquals(new byte[PAGE], read(file, PAGE, PAGE));
        assertEquals(PAGE, file.seekData(0).getAsLong());
      }
    }
  }

  @Test
  void createMakesAZeroedPageInAHole() {
    try (TestKernel kernel = TestKernel.small()) {
      try (ShmemFile dirt = kernel.file("dirt")) {
        write(dirt, 0, 0xee, 64 * PAGE);
      }
      try (ShmemFile file = kernel.file()) {
        file.truncate(2 * PAGE);
        assertHeld(present(operations(file).create(1, null)), 2);
        assertHeld(present(operations(file).create(1, null)), 2);
        assertEquals(1, pages(file));
        assertArrayEquals(new byte[PAGE], read(file, PAGE, PAGE));
        assertEquals(BringIn.Absent.BEYOND_END, operations(file).create(2, null));
        assertEquals(BringIn.Absent.BEYOND_END, operations(file).create(Long.MAX_VALUE, null));
        kernel.audit();
      }
    }
  }

  @Test
  void createSaysWhyThereIsNoPageAndChangesNothing() {
    try (TestKernel kernel = TestKernel.limited(1, 2);
        ShmemFile other = kernel.file("other");
        ShmemFile file = kernel.file()) {
      file.truncate(4 * PAGE);
      String before = kernel.audit();
      kernel.folioBudget.set(0);
      assertEquals(BringIn.Absent.NO_MEMORY, operations(file).create(3, null));
      kernel.folioBudget.set(TestKernel.UNLIMITED);
      kernel.nodeBudget.set(0);
      assertEquals(BringIn.Absent.NO_MEMORY, operations(file).create(3, null));
      kernel.nodeBudget.set(TestKernel.UNLIMITED);
      assertEquals(before, kernel.audit());
      write(other, 0, 1, 1);
      assertHeld(present(operations(file).create(3, null)), 2);
      assertEquals(BringIn.Absent.NO_SPACE, operations(file).create(0, null));
      kernel.audit();
    }
  }

  @Test
  void fillShowsOnlyTheCompletePage() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(PAGE);
      PageFiller filler =
          page -> {
            assertEquals(List.of(), TestKernel.inode(file).pageCache().auditSlots());
            page.fill((byte) 9);
          };
      FillResult.Filled filled =
          assertInstanceOf(FillResult.Filled.class, operations(file).fill(0, MM, filler));
      assertHeld(filled.folio(), 2);
      assertEquals(9, read(file, 0, PAGE)[PAGE - 1]);
    }
  }

  @Test
  void fillIsRefusedForAnyEntryAndBeyondTheEnd() {
    try (TestKernel kernel = TestKernel.limited(2, 9);
        ShmemFile file = kernel.file()) {
      file.allocate(0, PAGE);
      file.truncate(3 * PAGE);
      String before = kernel.audit();
      assertEquals(FillResult.Refused.EXISTS, operations(file).fill(0, MM, filler(1)));
      assertEquals(FillResult.Refused.BEYOND_END, operations(file).fill(3, MM, filler(1)));
      kernel.folioBudget.set(0);
      assertEquals(FillResult.Refused.NO_SPACE, operations(file).fill(1, MM, filler(1)));
      kernel.folioBudget.set(TestKernel.UNLIMITED);
      assertEquals(before, kernel.audit());
      write(file, PAGE, 1, 1);
      assertEquals(FillResult.Refused.NO_SPACE, operations(file).fill(2, MM, filler(1)));
      kernel.audit();
    }
  }

  @Test
  void aFillerThatThrowsLeavesNothing() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(PAGE);
      PageFiller thrower =
          page -> {
            throw new IllegalStateException("source is gone");
          };
      assertThrows(IllegalStateException.class, () -> operations(file).fill(0, MM, thrower));
      assertEquals(0, pages(file));
      assertEquals(0, kernel.usedFrames());
    }
  }

  @Test
  void somebodyFasterMeansExistsForFillAndHisPageForCreate() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(2 * PAGE);
      Supplier<FillResult> fill =
          () ->
              operations(file)
                  .fill(
                      0, MM, page -> InodePages.release(present(operations(file).create(0, null))));
      assertEquals(FillResult.Refused.EXISTS, fill.get());
      boolean[] once = {false};
      kernel.onAllocation =
          left -> {
            if (!once[0]) {
              once[0] = true;
              write(file, PAGE, 4, PAGE);
            }
          };
      Folio his = present(operations(file).create(1, null));
      assertEquals(4, his.data(0).get(ValueLayout.JAVA_BYTE, 0));
      assertHeld(his, 2);
      assertEquals(2, pages(file));
      kernel.audit();
    }
  }

  @Test
  void aTruncationBeforeThePageIsStoredMeansBeyondTheEnd() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(2 * PAGE);
      kernel.onAllocation = left -> file.truncate(PAGE);
      BringIn created = operations(file).create(1, null);
      if (created instanceof BringIn.Present present) {
        InodePages.release(present.folio()); // so that a failure does not hang in close
      }
      assertEquals(BringIn.Absent.BEYOND_END, created);
      kernel.onAllocation = left -> {};
      file.truncate(2 * PAGE);
      assertEquals(
          FillResult.Refused.BEYOND_END, operations(file).fill(1, MM, page -> file.truncate(PAGE)));
      assertEquals(0, pages(file));
      kernel.audit();
    }
  }

  @Test
  void chargeIsExactAndRefusedOverEitherLimit() {
    try (TestKernel kernel = TestKernel.limited(10, 12);
        ShmemFile one = kernel.file("one");
        ShmemFile other = kernel.file("other")) {
      assertFalse(operations(one).charge(11));
      assertTrue(operations(one).charge(10));
      assertFalse(operations(one).charge(1));
      assertFalse(operations(other).charge(3));
      assertTrue(operations(other).charge(2));
      operations(one).uncharge(10);
      operations(other).uncharge(2);
      assertEquals(0, kernel.files().chargedPages());
    }
  }

  @Test
  void hugePagesNeedAdviceFromTheDaemonOnly() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      TestSpace space = new TestSpace(TestKernel.inode(file), 8, TestSpace.SHARED_WRITABLE);
      MappingOperations operations = operations(file);
      assertTrue(operations.permitsHuge(space.vma(), CollapseTrigger.MADVISE));
      assertFalse(operations.permitsHuge(space.vma(), CollapseTrigger.DAEMON));
      space.vma().setFlags(space.vma().flags() | VmaFlag.HUGEPAGE.bit());
      assertTrue(operations.permitsHuge(space.vma(), CollapseTrigger.DAEMON));
      assertTrue(operations.fillsHoles());
      space.unmapAll();
    }
  }
}
