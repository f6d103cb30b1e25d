/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mm4j.shmem.Bytes.PAGE;
import static org.mm4j.shmem.Bytes.assertErrno;
import static org.mm4j.shmem.Bytes.read;
import static org.mm4j.shmem.Bytes.write;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mm4j.Errno;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.Protection;
import org.mm4j.Seal;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.VmaFlag;

final class SealingTest {
  private static final long MAY_ALL =
      VmaFlag.MAY_READ.bit() | VmaFlag.MAY_WRITE.bit() | VmaFlag.MAY_EXECUTE.bit();

  private static MapRequest request(ShmemFile file, MapFlag kind, Protection... protection) {
    return new MapRequest(0, PAGE, Set.of(protection), EnumSet.of(kind), file, 0);
  }

  @Test
  void withoutAllowSealingTheFileIsSealedAgainstSealing() {
    try (TestKernel kernel = TestKernel.small();
        MappableFile file = kernel.files().create("plain", Set.of())) {
      assertEquals(Set.of(Seal.SEAL), file.seals());
      assertErrno(Errno.EPERM, () -> file.addSeals(Set.of(Seal.GROW)));
      assertErrno(Errno.EPERM, () -> file.addSeals(Set.of()));
    }
  }

  @Test
  void sealsAddUpAndSealIsTheLast() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      assertEquals(Set.of(), file.seals());
      file.addSeals(Set.of(Seal.GROW));
      file.addSeals(Set.of(Seal.WRITE));
      file.addSeals(Set.of(Seal.WRITE));
      file.addSeals(Set.of());
      file.addSeals(Set.of(Seal.SEAL));
      assertEquals(Set.of(Seal.GROW, Seal.WRITE, Seal.SEAL), file.seals());
      assertErrno(Errno.EPERM, () -> file.addSeals(Set.of(Seal.SHRINK)));
    }
  }

  @Test
  void writeSealIsBusyWhileASharedMappingMayWrite() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(PAGE);
      long readOnlyForNow =
          VmaFlag.SHARED.bit()
              | VmaFlag.READ.bit()
              | VmaFlag.MAY_READ.bit()
              | VmaFlag.MAY_WRITE.bit();
      for (long flags : new long[] {TestSpace.SHARED_WRITABLE, readOnlyForNow}) {
        TestSpace space = new TestSpace(TestKernel.inode(file), 1, flags);
        assertErrno(Errno.EBUSY, () -> file.addSeals(Set.of(Seal.WRITE)));
        assertEquals(Set.of(), file.seals());
        space.unmapAll();
      }
      TestSpace harmless =
          new TestSpace(TestKernel.inode(file), 1, VmaFlag.MAY_WRITE.bit() | VmaFlag.WRITE.bit());
      file.addSeals(Set.of(Seal.WRITE));
      harmless.unmapAll();
    }
  }

  @Test
  void futureWriteSealToleratesExistingMappings() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(PAGE);
      TestSpace space = new TestSpace(TestKernel.inode(file), 1, TestSpace.SHARED_WRITABLE);
      file.addSeals(Set.of(Seal.FUTURE_WRITE));
      space.touch(0);
      assertErrno(Errno.EPERM, () -> write(file, 0, 1, 1));
      assertErrno(
          Errno.EPERM,
          () ->
              file.permittedFlags(
                  request(file, MapFlag.SHARED, Protection.READ, Protection.WRITE)));
      space.unmapAll();
    }
  }

  @Test
  void writeSealIsBusyWhileAPageIsPinned() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      write(file, 0, 7, PAGE);
      Folio pinned = (Folio) TestKernel.inode(file).pageCache().lookup(0);
      assertErrno(Errno.EBUSY, () -> file.addSeals(Set.of(Seal.WRITE)));
      pinned.put(1);
      file.addSeals(Set.of(Seal.WRITE));
      assertEquals(7, read(file, 0, 1)[0]);
    }
  }

  @Test
  void noWriteSealComesBetweenThePermissionOfAMappingAndItsVma() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      MapRequest writable = request(file, MapFlag.SHARED, Protection.READ, Protection.WRITE);
      long permitted = file.beginMapping(writable);
      assertEquals(MAY_ALL, permitted);
      assertErrno(Errno.EBUSY, () -> file.addSeals(Set.of(Seal.WRITE)));
      file.endMapping(writable, permitted);
      file.addSeals(Set.of(Seal.WRITE));
      assertErrno(Errno.EPERM, () -> file.beginMapping(writable));
    }
  }

  @Test
  void aFileLivesWhileAMappingIsMade() {
    try (TestKernel kernel = TestKernel.small()) {
      ShmemFile file = kernel.file();
      write(file, 0, 7, PAGE);
      MapRequest writable = request(file, MapFlag.SHARED, Protection.READ, Protection.WRITE);
      long permitted = file.beginMapping(writable);
      file.close();
      assertEquals(1, kernel.usedFrames());
      file.endMapping(writable, permitted);
      assertEquals(0, kernel.usedFrames());
    }
  }

  @Test
  void mappingsOfAWriteSealedFileLoseMayWriteOrAreRefused() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      MapRequest writable = request(file, MapFlag.SHARED, Protection.READ, Protection.WRITE);
      MapRequest readable = request(file, MapFlag.SHARED, Protection.READ);
      MapRequest copy = request(file, MapFlag.PRIVATE, Protection.READ, Protection.WRITE);
      assertEquals(MAY_ALL, file.permittedFlags(writable));
      assertEquals(MAY_ALL, file.permittedFlags(readable));
      file.addSeals(Set.of(Seal.WRITE));
      assertErrno(Errno.EPERM, () -> file.permittedFlags(writable));
      assertEquals(MAY_ALL & ~VmaFlag.MAY_WRITE.bit(), file.permittedFlags(readable));
      assertEquals(MAY_ALL, file.permittedFlags(copy));
    }
  }
}
