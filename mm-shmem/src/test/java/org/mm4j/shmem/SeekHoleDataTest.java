/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.shmem.Bytes.PAGE;
import static org.mm4j.shmem.Bytes.write;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class SeekHoleDataTest {
  private static final OptionalLong NONE = OptionalLong.empty();

  @Test
  void offsetsOutsideTheFileFindNothing() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      assertEquals(NONE, file.seekData(0));
      assertEquals(NONE, file.seekHole(0));
      write(file, 0, 1, 10);
      assertEquals(NONE, file.seekData(-1));
      assertEquals(NONE, file.seekHole(-1));
      assertEquals(NONE, file.seekData(10));
      assertEquals(NONE, file.seekHole(10));
    }
  }

  @Test
  void theEndOfTheFileIsAHole() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(10000);
      write(file, 9000, 1, 1);
      assertEquals(OptionalLong.of(5), file.seekHole(5));
      assertEquals(OptionalLong.of(8192), file.seekData(0));
      assertEquals(OptionalLong.of(9500), file.seekData(9500));
      assertEquals(OptionalLong.of(10000), file.seekHole(9500));
    }
  }

  @Test
  void fallocatedPagesAreHolesUntilTheyAreTouched() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.allocate(0, 4 * PAGE);
      assertEquals(NONE, file.seekData(0));
      write(file, 2 * PAGE, 1, 1);
      assertEquals(OptionalLong.of(2 * PAGE), file.seekData(0));
      assertEquals(OptionalLong.of(3 * PAGE), file.seekHole(2 * PAGE));
    }
  }

  @Test
  void aCollapseTurnsItsHolesIntoData() {
    try (TestKernel kernel = TestKernel.small();
        ShmemFile file = kernel.file()) {
      file.truncate(24 * PAGE);
      write(file, 12 * PAGE, 1, 1);
      assertTrue(TestCollapse.collapse(TestKernel.inode(file), 8));
      assertEquals(OptionalLong.of(8 * PAGE), file.seekData(0));
      assertEquals(OptionalLong.of(11 * PAGE + 3), file.seekData(11 * PAGE + 3));
      assertEquals(OptionalLong.of(16 * PAGE), file.seekHole(9 * PAGE));
      assertEquals(64, file.blocks());
    }
  }
}
