/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.mm4j.shmem.Bytes.PAGE;
import static org.mm4j.shmem.Bytes.assertErrno;
import static org.mm4j.shmem.Bytes.filled;
import static org.mm4j.shmem.Bytes.write;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.mm4j.Errno;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.Folio;

/** A page whose content is lost is an error to whoever reads it, never zeros. */
final class PoisonTest {
  private static void poison(ShmemInode inode, long index) {
    Folio folio = assertInstanceOf(Folio.class, inode.pageCache().lookup(index));
    folio.markPoisoned();
    folio.put(1);
  }

  @Test
  void readsAndWritesOfAPoisonedPageAreErrors() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 7, 3 * PAGE);
      poison(TestKernel.inode(file), 0);
      poison(TestKernel.inode(file), 2);
      assertErrno(Errno.EIO, () -> file.read(0, filled(0, 8)));
      assertErrno(Errno.EIO, () -> file.write(0, filled(0, 8)));
      assertEquals(PAGE, file.read(PAGE, filled(0, 2 * PAGE)), "what lies before it is read");
    }
  }

  @Test
  void aPoisonedPageThatIsNotUpToDateDoesNotBecomeZeros() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.allocate(0, PAGE);
      ShmemInode inode = TestKernel.inode(file);
      poison(inode, 0);
      assertEquals(BringIn.Absent.IO_ERROR, inode.operations().bringIn(0));
      assertErrno(Errno.EIO, () -> file.read(0, filled(0, 8)));
      assertErrno(Errno.EIO, () -> file.write(0, filled(0, 8)));
      assertEquals(OptionalLong.of(0), file.seekData(0), "a page whose content is lost is no hole");
      assertEquals(OptionalLong.of(PAGE), file.seekHole(0));
    }
  }
}
