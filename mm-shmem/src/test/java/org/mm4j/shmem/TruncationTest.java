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

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mm4j.Errno;
import org.mm4j.Seal;

final class TruncationTest {
  @Test
  void shrinkingDropsPagesAndZeroesTheRestOfTheLastOne() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 3, 5 * PAGE);
      file.truncate(PAGE + 10);
      assertEquals(2, pages(file));
      file.truncate(5 * PAGE);
      assertEquals(3, at(file, PAGE + 9));
      assertArrayEquals(new byte[4 * PAGE - 10], read(file, PAGE + 10, 4 * PAGE));
      kernel.audit();
    }
  }

  @Test
  void shrinkingUnmapsWhatIsBeyondTheEndAndKeepsTheLastPage() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(4 * PAGE);
      TestSpace space = new TestSpace(TestKernel.inode(file), 4, TestSpace.SHARED_WRITABLE);
      for (int i = 0; i < 4; i++) {
        space.touch(i);
      }
      file.truncate(PAGE + 1);
      assertTrue(space.isMapped(0) && space.isMapped(1));
      assertFalse(space.isMapped(2) || space.isMapped(3));
      kernel.audit();
      space.unmapAll();
    }
  }

  @Test
  void sealsForbidShrinkingAndGrowing() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(PAGE);
      file.addSeals(Set.of(Seal.SHRINK));
      assertErrno(Errno.EPERM, () -> file.truncate(PAGE - 1));
      file.truncate(2 * PAGE);
      file.addSeals(Set.of(Seal.GROW));
      assertErrno(Errno.EPERM, () -> file.truncate(2 * PAGE + 1));
      file.truncate(2 * PAGE);
      assertEquals(2 * PAGE, file.sizeBytes());
    }
  }

  @Test
  void aNegativeSizeIsEinval() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      assertEquals(
          Long.MIN_VALUE,
          assertErrno(Errno.EINVAL, () -> file.truncate(Long.MIN_VALUE)).offendingValue());
    }
  }

  @Test
  void theSizeThatItHasZeroesAndDropsWhatIsBeyondTheEnd() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 3, 8 * PAGE);
      ShmemInode inode = TestKernel.inode(file);
      assertTrue(TestCollapse.collapse(inode, 0));
      inode.setSizeBytes(2 * PAGE + 5); // as if the file had been that short when it was collapsed
      file.truncate(2 * PAGE + 5);
      assertEquals(3, pages(file));
      assertEquals(3, kernel.usedFrames());
      kernel.audit();
      file.truncate(8 * PAGE);
      assertEquals(3, at(file, 2 * PAGE + 4));
      assertArrayEquals(new byte[6 * PAGE - 5], read(file, 2 * PAGE + 5, 6 * PAGE));
    }
  }

  @Test
  void aHugePageAcrossTheNewEndIsCut() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 3, 8 * PAGE);
      assertTrue(TestCollapse.collapse(TestKernel.inode(file), 0));
      file.truncate(3 * PAGE + 7);
      assertEquals(4, pages(file));
      assertEquals(4, kernel.usedFrames());
      file.truncate(8 * PAGE);
      assertEquals(3, at(file, 3 * PAGE + 6));
      assertArrayEquals(new byte[5 * PAGE - 7], read(file, 3 * PAGE + 7, 5 * PAGE));
      kernel.audit();
    }
  }
}
