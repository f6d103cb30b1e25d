/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import static org.mm4j.core.mm.World.PAGE;
import static org.mm4j.core.mm.World.refuses;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.RemapFlag;

/** mremap at the ends of the addresses, as observed on Linux 6.18. */
final class RemapLimitsTest {
  private static void grows(World world, long start, long length, Errno errno) {
    refuses(
        errno,
        () ->
            world.space.remap(
                new AddressRange(start, length), 2 * PAGE, Set.of(RemapFlag.MAY_MOVE), 0));
  }

  @Test
  void whatIsNotMappedIsAFaultWhereverItIs() {
    try (World world = new World()) {
      grows(world, 0xffff_0000_0000_0000L, PAGE, Errno.EFAULT);
      grows(world, (1L << 47) - PAGE, 2 * PAGE, Errno.EFAULT);
      grows(world, 0x10000, -PAGE, Errno.EFAULT);
    }
  }

  @Test
  void aLengthBeyondTheUserAddressesIsInvalidIfTheStartIsMapped() {
    try (World world = new World()) {
      long at = world.space.map(world.request(0, 4));
      grows(world, at, 1L << 60, Errno.EINVAL);
      grows(world, at, -PAGE, Errno.EINVAL);
    }
  }
}
