/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.shmem.Bytes.PAGE;
import static org.mm4j.shmem.Bytes.assertErrno;
import static org.mm4j.shmem.Bytes.filled;
import static org.mm4j.shmem.Bytes.write;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.mm4j.Errno;
import org.mm4j.MapRequest;
import org.mm4j.Seal;

final class LifetimeTest {
  @Test
  void everyCallAfterCloseIsAnIllegalState() {
    try (TestKernel kernel = TestKernel.small()) {
      ShmemFile file = kernel.file("gone");
      file.close();
      file.close();
      List<Executable> calls =
          List.of(
              file::name,
              file::sizeBytes,
              file::blocks,
              () -> file.truncate(1),
              () -> file.allocate(0, 1),
              () -> file.punchHole(0, 1),
              () -> file.seekData(0),
              () -> file.seekHole(0),
              () -> file.read(0, filled(0, 1)),
              () -> file.write(0, filled(0, 1)),
              file::seals,
              () -> file.addSeals(Set.of(Seal.GROW)),
              file::mapping,
              () -> file.permittedFlags(MapRequest.shared(file, 0, PAGE)));
      for (Executable call : calls) {
        assertTrue(assertThrows(IllegalStateException.class, call).getMessage().contains("gone"));
      }
      assertTrue(file.toString().contains("closed"));
    }
  }

  @Test
  void closingTheHandleFreesThePagesIfNobodyMapsTheFile() {
    try (TestKernel kernel = TestKernel.small()) {
      ShmemFile file = kernel.file();
      write(file, 0, 1, 3 * PAGE);
      file.allocate(10 * PAGE, PAGE);
      assertEquals(4, kernel.usedFrames());
      file.close();
      assertEquals(0, kernel.usedFrames());
      assertEquals(List.of(), kernel.files().audit());
    }
  }

  @Test
  void theLastVmaFreesThePagesOfAFileWithoutAHandle() {
    try (TestKernel kernel = TestKernel.small()) {
      ShmemFile file = kernel.file();
      ShmemInode inode = TestKernel.inode(file);
      write(file, 0, 1, 3 * PAGE);
      TestSpace one = new TestSpace(inode, 4, TestSpace.SHARED_WRITABLE);
      TestSpace other = new TestSpace(inode, 4, TestSpace.SHARED_WRITABLE);
      file.close();
      one.touch(1);
      one.unmapAll();
      assertEquals(3, kernel.usedFrames());
      assertEquals("file", kernel.files().audit().getFirst().name());
      other.touch(2);
      other.unmapAll();
      assertEquals(0, kernel.usedFrames());
      assertEquals(List.of(), kernel.files().audit());
    }
  }

  @Test
  void aHoldKeepsThePagesOfAFileWithoutHandleAndVma() {
    try (TestKernel kernel = TestKernel.small()) {
      ShmemFile file = kernel.file();
      ShmemInode inode = TestKernel.inode(file);
      write(file, 0, 1, PAGE);
      TestSpace space = new TestSpace(inode, 1, TestSpace.SHARED_WRITABLE);
      inode.hold();
      space.unmapAll();
      file.close();
      assertEquals(1, kernel.usedFrames());
      assertTrue(inode.operations().charge(1));
      inode.operations().uncharge(1);
      inode.letGo();
      assertEquals(0, kernel.usedFrames());
      assertEquals(List.of(), kernel.files().audit());
    }
  }

  @Test
  void closingDuringACallFreesThePagesWhenTheCallEnds() {
    try (TestKernel kernel = TestKernel.small()) {
      ShmemFile file = kernel.file();
      kernel.onAllocation = left -> file.close();
      assertEquals(2 * PAGE, write(file, 0, 1, 2 * PAGE));
      assertEquals(0, kernel.usedFrames());
      assertThrows(IllegalStateException.class, file::sizeBytes);
    }
  }

  @Test
  void aFileThatIsMappedAfterItsLastUserWentLivesAgain() {
    try (TestKernel kernel = TestKernel.small()) {
      ShmemFile file = kernel.file();
      ShmemInode inode = TestKernel.inode(file);
      file.truncate(PAGE);
      file.close();
      TestSpace late = new TestSpace(inode, 1, TestSpace.SHARED_WRITABLE);
      late.touch(0);
      kernel.audit();
      assertEquals(1, kernel.files().audit().size());
      late.unmapAll();
    }
  }

  @Test
  void aNameLongerThan249BytesIsEinval() {
    try (TestKernel kernel = TestKernel.small()) {
      kernel.file("x".repeat(249)).close();
      assertErrno(Errno.EINVAL, () -> kernel.file("x".repeat(250)));
      assertErrno(Errno.EINVAL, () -> kernel.file("ä".repeat(125)));
    }
  }

  @Test
  void theAuditListsFilesInOrderOfCreation() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile one = kernel.file("one");
        ShmemFile two = kernel.file("two")) {
      write(two, PAGE, 1, PAGE);
      one.truncate(5);
      assertEquals(
          List.of("one", "two"), kernel.files().audit().stream().map(book -> book.name()).toList());
      assertEquals(5, kernel.files().audit().get(0).sizeBytes());
      assertEquals(1, kernel.files().audit().get(1).slots().getFirst().index());
    }
  }
}
