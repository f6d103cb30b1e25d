/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.shmem.Bytes.PAGE;
import static org.mm4j.shmem.Bytes.assertErrno;
import static org.mm4j.shmem.Bytes.at;
import static org.mm4j.shmem.Bytes.pages;
import static org.mm4j.shmem.Bytes.read;
import static org.mm4j.shmem.Bytes.write;

import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.Seal;

final class PreallocationTest {
  @Test
  void pagesAreChargedAtOnceAndReadAsZerosAndSeekAsHoles() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.allocate(PAGE + 1, PAGE);
      assertEquals(2, pages(file));
      assertEquals(2 * PAGE + 1, file.sizeBytes());
      assertArrayEquals(new byte[2 * PAGE + 1], read(file, 0, 3 * PAGE));
      assertEquals(OptionalLong.empty(), file.seekData(0));
      assertEquals(OptionalLong.of(0), file.seekHole(0));
    }
  }

  @Test
  void pagesThatAreThereAreLeftAlone() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 3, 16 * PAGE);
      assertTrue(TestCollapse.collapse(TestKernel.inode(file), 8));
      file.punchHole(2 * PAGE, PAGE);
      file.allocate(0, 18 * PAGE);
      assertEquals(18, pages(file));
      assertEquals(3, at(file, 15 * PAGE));
      assertEquals(18 * PAGE, file.sizeBytes());
    }
  }

  @Test
  void aPageAllocatedTwiceBecomesData() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.allocate(PAGE, PAGE);
      file.allocate(0, 3 * PAGE);
      assertEquals(3, pages(file));
      assertEquals(OptionalLong.of(PAGE), file.seekData(0));
      assertEquals(OptionalLong.of(2 * PAGE), file.seekHole(PAGE));
      assertArrayEquals(new byte[3 * PAGE], read(file, 0, 3 * PAGE));
    }
  }

  @Test
  void theRangeIsChecked() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      assertErrno(Errno.EINVAL, () -> file.allocate(-1, 5));
      assertErrno(Errno.EINVAL, () -> file.allocate(5, 0));
      assertErrno(Errno.EFBIG, () -> file.allocate(Long.MAX_VALUE, 1));
      assertErrno(Errno.EFBIG, () -> file.allocate(1, Long.MAX_VALUE));
    }
  }

  @Test
  void aGrowSealForbidsOnlyGrowing() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(2 * PAGE);
      file.addSeals(Set.of(Seal.GROW, Seal.WRITE));
      file.allocate(0, 2 * PAGE);
      assertErrno(Errno.EPERM, () -> file.allocate(0, 2 * PAGE + 1));
      assertEquals(2, pages(file));
    }
  }

  @Test
  void moreThanTheLimitIsEnospcAtOnce() {
    try (TestKernel kernel = TestKernel.limited(3, TestKernel.UNLIMITED);
        ShmemFile file = kernel.file()) {
      assertErrno(Errno.ENOSPC, () -> file.allocate(0, 4 * PAGE));
      assertErrno(Errno.ENOSPC, () -> file.allocate(0, Long.MAX_VALUE));
      assertEquals(0, file.sizeBytes());
    }
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      assertErrno(Errno.ENOMEM, () -> file.allocate(0, Long.MAX_VALUE));
    }
  }

  @Test
  void aFailureAtAnyPointTakesOutWhatItAdded() {
    for (Errno expected : new Errno[] {Errno.ENOSPC, Errno.ENOMEM, Errno.EIO}) {
      boolean complete = false;
      for (int budget = 0; !complete; budget++) {
        long limit = expected == Errno.ENOSPC ? 10 : TestKernel.UNLIMITED;
        try (TestKernel kernel = TestKernel.limited(TestKernel.UNLIMITED, limit);
            ShmemFile other = kernel.file("other");
            ShmemFile file = kernel.file()) {
          write(file, 2 * PAGE, 3, PAGE); // there before, up to date
          file.allocate(4 * PAGE, PAGE); // there before, fallocated
          if (expected == Errno.ENOSPC) {
            write(other, 0, 1, Math.max(0, 8 - budget) * PAGE);
          } else if (expected == Errno.ENOMEM) {
            kernel.folioBudget.set(budget);
          } else {
            kernel.nodeBudget.set(budget);
          }
          String before = kernel.audit();
          try {
            file.allocate(0, 8 * PAGE);
            complete = true;
          } catch (MemoryException e) {
            assertEquals(expected == Errno.EIO ? Errno.ENOMEM : expected, e.errno());
            assertEquals(before, kernel.audit());
          }
        }
        assertTrue(budget < 20, "never succeeds");
      }
    }
  }

  @Test
  void whatSomebodyTouchedMeanwhileStays() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(4 * PAGE);
      TestSpace space = new TestSpace(TestKernel.inode(file), 4, TestSpace.SHARED_WRITABLE);
      kernel.folioBudget.set(2);
      kernel.onAllocation =
          left -> {
            if (left == 0) {
              space.touch(0); // while page 2 is refused
            }
          };
      assertErrno(Errno.ENOMEM, () -> file.allocate(0, 4 * PAGE));
      assertEquals(1, pages(file));
      assertEquals(OptionalLong.of(0), file.seekData(0));
      kernel.audit();
      space.unmapAll();
    }
  }
}
