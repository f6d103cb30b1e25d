/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mm4j.shmem.Bytes.PAGE;
import static org.mm4j.shmem.Bytes.assertErrno;
import static org.mm4j.shmem.Bytes.at;
import static org.mm4j.shmem.Bytes.pages;
import static org.mm4j.shmem.Bytes.read;
import static org.mm4j.shmem.Bytes.write;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mm4j.Errno;
import org.mm4j.Seal;
import org.mm4j.spi.Folio;

final class FileIoTest {
  @Test
  void readingAHoleGivesZerosAndLeavesTheHole() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(3 * PAGE);
      assertArrayEquals(new byte[3 * PAGE], read(file, 0, 3 * PAGE));
      assertEquals(0, pages(file));
    }
  }

  @Test
  void readingEndsAtTheEndOfTheFile() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 7, PAGE + 10);
      assertEquals(11, read(file, PAGE - 1, 3 * PAGE).length);
      assertEquals(0, read(file, PAGE + 10, 1).length);
      assertEquals(0, read(file, Long.MAX_VALUE - 1, 1).length);
    }
  }

  @Test
  void aWriteGrowsTheFileAndZeroesTheRestOfItsPages() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      assertEquals(PAGE, write(file, PAGE + 100, 5, PAGE));
      assertEquals(2 * PAGE + 100, file.sizeBytes());
      assertEquals(2, pages(file));
      assertArrayEquals(new byte[PAGE + 100], read(file, 0, PAGE + 100));
      file.truncate(4 * PAGE);
      assertArrayEquals(new byte[PAGE], read(file, 2 * PAGE + 100, PAGE));
      assertEquals(5, at(file, 2 * PAGE + 99));
    }
  }

  @Test
  void aPartialWriteToAFallocatedPageZeroesTheRestOfIt() {
    try (TestKernel kernel = TestKernel.small()) {
      try (ShmemFile dirt = kernel.file("dirt")) {
        write(dirt, 0, 0xee, 64 * PAGE); // so that no frame is zero by chance
      }
      try (ShmemFile file = kernel.file()) {
        file.allocate(0, PAGE);
        assertArrayEquals(new byte[PAGE], read(file, 0, PAGE));
        write(file, 10, 1, 1);
        byte[] expected = new byte[PAGE];
        expected[10] = 1;
        assertArrayEquals(expected, read(file, 0, PAGE));
        write(file, PAGE + 10, 1, 1); // the same into a hole
        assertEquals(1, at(file, PAGE + 10));
        assertArrayEquals(Arrays.copyOf(expected, 11), read(file, PAGE, PAGE));
      }
    }
  }

  @Test
  void aWriteThatRunsOutOfSpaceReportsWhatItWrote() {
    try (TestKernel kernel = TestKernel.limited(2, TestKernel.UNLIMITED);
        ShmemFile file = kernel.file()) {
      assertEquals(2 * PAGE - 5, write(file, 5, 1, 3 * PAGE));
      assertEquals(2 * PAGE, file.sizeBytes());
      assertErrno(Errno.ENOSPC, () -> write(file, 2 * PAGE, 1, 1));
      assertEquals(2 * PAGE, file.sizeBytes());
      assertEquals(PAGE, write(file, PAGE, 2, PAGE), "pages that are there can be written");
    }
  }

  @Test
  void theLimitOfAllFilesIsShared() {
    try (TestKernel kernel = TestKernel.limited(TestKernel.UNLIMITED, 3);
        ShmemFile one = kernel.file("one")) {
      try (ShmemFile other = kernel.file("other")) {
        write(one, 0, 1, 2 * PAGE);
        assertEquals(PAGE, write(other, 0, 1, 2 * PAGE));
        assertErrno(Errno.ENOSPC, () -> write(one, 2 * PAGE, 1, 1));
      }
      assertEquals(1, write(one, 2 * PAGE, 1, 1), "a closed file gives its pages back");
    }
  }

  @Test
  void aWriteWithoutMemoryIsEnomemAndChangesNothing() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 1, PAGE);
      String before = kernel.audit();
      kernel.folioBudget.set(0);
      assertErrno(Errno.ENOMEM, () -> write(file, 20 * PAGE, 1, PAGE));
      assertEquals(before, kernel.audit());
      kernel.folioBudget.set(TestKernel.UNLIMITED);
      kernel.nodeBudget.set(0);
      assertErrno(Errno.ENOMEM, () -> write(file, 20 * PAGE, 1, PAGE));
      assertEquals(before, kernel.audit());
    }
  }

  @Test
  void offsetsOutOfRangeAreEinval() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      assertEquals(-1, assertErrno(Errno.EINVAL, () -> read(file, -1, 1)).offendingValue());
      assertErrno(Errno.EINVAL, () -> write(file, -1, 1, 1));
      assertErrno(Errno.EINVAL, () -> write(file, Long.MAX_VALUE, 1, 1));
      assertErrno(Errno.EINVAL, () -> read(file, Long.MAX_VALUE - 2, 10));
    }
  }

  @Test
  void theLastByteOfTheGreatestFileCanBeWritten() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      assertEquals(1, write(file, Long.MAX_VALUE - 1, 9, 1));
      assertEquals(Long.MAX_VALUE, file.sizeBytes());
      assertEquals(9, at(file, Long.MAX_VALUE - 1));
      assertEquals(Long.MAX_VALUE - PAGE + 1, file.seekData(0).getAsLong());
      file.truncate(Long.MAX_VALUE - 1);
      file.truncate(Long.MAX_VALUE);
      assertEquals(0, at(file, Long.MAX_VALUE - 1));
    }
  }

  @Test
  void writingNothingSucceedsOnASealedFile() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.addSeals(Set.of(Seal.WRITE));
      assertEquals(0, write(file, 5, 1, 0));
      assertErrno(Errno.EPERM, () -> write(file, 0, 1, 1));
    }
  }

  @Test
  void aGrowSealStopsAWriteAtThePageThatGrows() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(PAGE);
      file.addSeals(Set.of(Seal.GROW));
      assertEquals(PAGE, write(file, 0, 1, 2 * PAGE));
      assertEquals(96, write(file, 4000, 1, PAGE));
      assertErrno(Errno.EPERM, () -> write(file, PAGE, 1, 1));
      assertEquals(PAGE, file.sizeBytes());
    }
  }

  @Test
  void aSourceThatThrowsLeavesTheBooksInOrder() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 1, PAGE);
      String before = kernel.audit();
      MemorySegment gone;
      try (Arena arena = Arena.ofConfined()) {
        gone = arena.allocate(PAGE);
      }
      assertThrows(IllegalStateException.class, () -> file.write(0, gone));
      assertThrows(IllegalStateException.class, () -> file.write(PAGE, gone));
      assertThrows(IllegalStateException.class, () -> file.read(0, gone));
      assertEquals(before, kernel.audit());
    }
  }

  @Test
  void whoWaitsForAPageThatGoesWritesToTheNextOne() throws InterruptedException {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 3, PAGE);
      ShmemInode inode = TestKernel.inode(file);
      Folio going = (Folio) inode.pageCache().lookup(0);
      going.lock();
      Thread writer = Thread.ofPlatform().start(() -> write(file, 0, 9, 1));
      while (writer.getState() != Thread.State.WAITING && writer.isAlive()) {
        Thread.onSpinWait();
      }
      inode.pages().remove(going);
      InodePages.release(going);
      writer.join();
      assertEquals(9, at(file, 0));
      assertEquals(0, at(file, 1));
      kernel.audit();
    }
  }
}
