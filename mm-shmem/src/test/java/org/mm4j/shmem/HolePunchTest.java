/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.shmem.Bytes.PAGE;
import static org.mm4j.shmem.Bytes.assertErrno;
import static org.mm4j.shmem.Bytes.at;
import static org.mm4j.shmem.Bytes.pages;
import static org.mm4j.shmem.Bytes.read;
import static org.mm4j.shmem.Bytes.write;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mm4j.Errno;
import org.mm4j.PageRange;
import org.mm4j.Seal;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.Folio;

final class HolePunchTest {
  @Test
  void wholePagesAreFreedAndTheEdgesZeroed() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 3, 5 * PAGE);
      file.punchHole(PAGE - 1, 2 * PAGE + 2);
      assertEquals(3, pages(file));
      assertEquals(5 * PAGE, file.sizeBytes());
      assertEquals(3, at(file, PAGE - 2));
      assertArrayEquals(new byte[2 * PAGE + 2], read(file, PAGE - 1, 2 * PAGE + 2));
      assertEquals(3, at(file, 3 * PAGE + 1));
      kernel.audit();
    }
  }

  @Test
  void aHoleWithinAPageZeroesItInPlace() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 3, PAGE);
      TestSpace space = new TestSpace(TestKernel.inode(file), 1, TestSpace.SHARED_WRITABLE);
      space.touch(0);
      file.punchHole(10, 5);
      assertTrue(space.isMapped(0));
      assertEquals(3, space.page(0).get(ValueLayout.JAVA_BYTE, 9));
      assertEquals(0, space.page(0).get(ValueLayout.JAVA_BYTE, 10));
      assertEquals(3, space.page(0).get(ValueLayout.JAVA_BYTE, 15));
      space.unmapAll();
    }
  }

  @Test
  void mappedPagesAreUnmappedAndFaultInAsZeros() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 3, 3 * PAGE);
      TestSpace space = new TestSpace(TestKernel.inode(file), 3, TestSpace.SHARED_WRITABLE);
      space.touch(1);
      file.punchHole(PAGE, PAGE);
      assertFalse(space.isMapped(1));
      space.touch(1);
      assertEquals(0, space.page(1).get(ValueLayout.JAVA_BYTE, 0));
      kernel.audit();
      space.unmapAll();
    }
  }

  @Test
  void fallocatedPagesAreFreed() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.allocate(0, 4 * PAGE);
      file.punchHole(PAGE, 2 * PAGE);
      assertEquals(2, pages(file));
    }
  }

  @Test
  void theRangeIsCheckedAsByFallocate() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      assertErrno(Errno.EINVAL, () -> file.punchHole(-1, 5));
      assertErrno(Errno.EINVAL, () -> file.punchHole(0, 0));
      assertErrno(Errno.EINVAL, () -> file.punchHole(0, -5));
      assertErrno(Errno.EFBIG, () -> file.punchHole(Long.MAX_VALUE, 1));
      file.punchHole(Long.MAX_VALUE - 1, 1);
      file.punchHole(0, Long.MAX_VALUE);
    }
  }

  @Test
  void writeSealsForbidIt() {
    for (Seal seal : Set.of(Seal.WRITE, Seal.FUTURE_WRITE)) {
      try (TestKernel kernel = TestKernel.small();
          ShmemFile file = kernel.file()) {
        write(file, 0, 3, PAGE);
        file.addSeals(Set.of(seal));
        assertErrno(Errno.EPERM, () -> file.punchHole(0, PAGE));
        assertEquals(1, pages(file));
      }
    }
  }

  @Test
  void aHugePageIsCut() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 3, 16 * PAGE);
      assertTrue(TestCollapse.collapse(TestKernel.inode(file), 8));
      TestSpace space = new TestSpace(TestKernel.inode(file), 16, TestSpace.SHARED_WRITABLE);
      space.touch(9);
      space.touch(15);
      file.punchHole(7 * PAGE + 5, 3 * PAGE);
      assertEquals(14, pages(file));
      assertEquals(14, kernel.usedFrames());
      assertFalse(space.isMapped(9));
      assertEquals(3, at(file, 7 * PAGE + 4));
      assertArrayEquals(new byte[3 * PAGE], read(file, 7 * PAGE + 5, 3 * PAGE));
      assertEquals(3, at(file, 10 * PAGE + 5));
      assertEquals(8 * PAGE, file.seekHole(0).getAsLong());
      kernel.audit();
      space.unmapAll();
    }
  }

  @Test
  void aWholeHugePageIsRemovedInOnePiece() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 3, 8 * PAGE);
      assertTrue(TestCollapse.collapse(TestKernel.inode(file), 0));
      kernel.folioBudget.set(0); // no copies are needed
      file.punchHole(0, 8 * PAGE);
      assertEquals(0, pages(file));
      assertEquals(0, kernel.usedFrames());
    }
  }

  @Test
  void aPinnedHugePageIsZeroedInsteadOfCut() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 3, 8 * PAGE);
      ShmemInode inode = TestKernel.inode(file);
      assertTrue(TestCollapse.collapse(inode, 0));
      Folio pinned = (Folio) inode.pageCache().lookup(0);
      file.punchHole(2 * PAGE, 3 * PAGE);
      pinned.put(1);
      assertEquals(8, pages(file));
      assertArrayEquals(new byte[3 * PAGE], read(file, 2 * PAGE, 3 * PAGE));
      assertEquals(3, at(file, 2 * PAGE - 1));
      assertEquals(3, at(file, 5 * PAGE));
      kernel.audit();
      file.punchHole(2 * PAGE, 3 * PAGE);
      assertEquals(5, pages(file), "once it is not pinned it is cut");
    }
  }

  @Test
  void aCutThatFindsNoMemoryZeroesInsteadAndLosesNothing() {
    boolean cut = false;
    for (int budget = 0; !cut; budget++) {
      try (TestKernel kernel = TestKernel.small();
          ShmemFile file = kernel.file()) {
        write(file, 0, 3, 8 * PAGE);
        assertTrue(TestCollapse.collapse(TestKernel.inode(file), 0));
        kernel.folioBudget.set(0); // it is cut in place
        kernel.nodeBudget.set(budget);
        file.punchHole(2 * PAGE, 3 * PAGE);
        cut = pages(file) == 5;
        kernel.audit();
        assertArrayEquals(new byte[3 * PAGE], read(file, 2 * PAGE, 3 * PAGE));
        assertEquals(3, at(file, 5 * PAGE));
      }
      assertTrue(budget < 20, "never cut");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 0 1 2",
    "1, 0 0 1 2",
    "2, 1 0 0 2",
    "3, 1 0 0 2",
    "5, 2 0 0 1",
    "7, 2 1 0 0",
  })
  void aLargeFolioIsHalvedAroundAPage(int page, String orders) {
    assertEquals(
        orders,
        Arrays.stream(FolioSplit.ordersAround(page, 3))
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(" ")));
  }

  @Test
  void aHoleOfAFewBytesCutsAHugePageToo() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 3, 8 * PAGE);
      ShmemInode inode = TestKernel.inode(file);
      assertTrue(TestCollapse.collapse(inode, 0));
      file.punchHole(5 * PAGE + 1, 2);
      assertEquals(List.of(4, 1, 1, 2), sizes(inode));
      assertEquals(8, pages(file));
      assertEquals(3, at(file, 5 * PAGE));
      assertEquals(0, at(file, 5 * PAGE + 1));
      assertEquals(3, at(file, 5 * PAGE + 3));
      file.punchHole(PAGE, 2 * PAGE);
      assertEquals(List.of(1, 1, 1, 1, 2), sizes(inode), "both borders are cut");
      kernel.audit();
    }
  }

  @Test
  void partsBeyondTheEndOfTheFileLeaveItWithTheCut() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      ShmemInode inode = hugeBeyondTheEnd(file, 2 * PAGE);
      file.punchHole(6 * PAGE, PAGE);
      assertEquals(List.of(4), sizes(inode), "a part across the end stays");
      assertEquals(4, pages(file));
      assertEquals(4, kernel.usedFrames());
      kernel.audit();
      file.punchHole(0, PAGE);
      assertEquals(List.of(1), sizes(inode));
      assertEquals(1, kernel.usedFrames());
      kernel.audit();
    }
  }

  /** A file whose one huge page goes beyond its end. */
  private static ShmemInode hugeBeyondTheEnd(ShmemFile file, int size) {
    write(file, 0, 3, 8 * PAGE);
    ShmemInode inode = TestKernel.inode(file);
    assertTrue(TestCollapse.collapse(inode, 0));
    inode.inodeLock().lock();
    inode.setSizeBytes(size); // as if the file had been that short when it was collapsed
    inode.inodeLock().unlock();
    return inode;
  }

  /** The pages of each folio in the file. */
  private static List<Integer> sizes(ShmemInode inode) {
    List<Integer> sizes = new ArrayList<>();
    inode
        .pageCache()
        .scan(new PageRange(0, 64), (index, entry) -> sizes.add(((Folio) entry).pageCount()));
    return sizes;
  }

  @Test
  void madviseRemovePunchesAlsoWithoutAHandle() {
    try (TestKernel kernel = TestKernel.small()) {
      ShmemFile file = kernel.file();
      ShmemInode inode = TestKernel.inode(file);
      file.truncate(4 * PAGE);
      TestSpace space = new TestSpace(inode, 4, TestSpace.SHARED_WRITABLE);
      space.touch(0);
      space.touch(1);
      file.close();
      inode.operations().punchHole(0, PAGE);
      assertEquals(1, inode.charge().pages());
      assertFalse(space.isMapped(0));
      space.unmapAll();
      inode.operations().punchHole(0, PAGE); // too late, and harmless
    }
  }

  @Test
  void whoWaitsForAHugePageThatIsCutHoldsItAsAWhole() throws InterruptedException {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 3, 8 * PAGE);
      ShmemInode inode = TestKernel.inode(file);
      assertTrue(TestCollapse.collapse(inode, 0));
      Folio huge = (Folio) inode.pageCache().lookup(0);
      huge.lock();
      AtomicInteger orderSeen = new AtomicInteger(-1);
      Thread waiter =
          new Thread(
              () -> {
                Folio folio = ((BringIn.Present) inode.operations().bringIn(0)).folio();
                orderSeen.set(folio.order());
                InodePages.release(folio);
              });
      waiter.start();
      while (waiter.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      assertFalse(FolioSplit.around(inode, huge, 2), "who waits for its lock has a reference");
      InodePages.release(huge);
      waiter.join();
      assertEquals(3, orderSeen.get());
      file.punchHole(2 * PAGE, PAGE);
      assertEquals(7, kernel.usedFrames());
      kernel.audit();
    }
  }
}
