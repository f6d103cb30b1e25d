/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.util.Set;
import org.mm4j.Protection;
import org.mm4j.spi.VmaFlag;

/** What a user asks for, as bits of a VMA's flags. */
final class ProtectionBits {
  /** The bits that {@code mprotect} changes. */
  static final long ALL = VmaFlag.READ.bit() | VmaFlag.WRITE.bit() | VmaFlag.EXECUTE.bit();

  private ProtectionBits() {}

  static long of(Set<Protection> protection) {
    return (protection.contains(Protection.READ) ? VmaFlag.READ.bit() : 0)
        | (protection.contains(Protection.WRITE) ? VmaFlag.WRITE.bit() : 0)
        | (protection.contains(Protection.EXECUTE) ? VmaFlag.EXECUTE.bit() : 0);
  }

  /** Returns the bits that are set but whose {@code MAY_*} bit is not. */
  static long notPermitted(long flags) {
    long permitted = (flags & VmaFlag.MAY_READ.bit()) != 0 ? VmaFlag.READ.bit() : 0;
    permitted |= (flags & VmaFlag.MAY_WRITE.bit()) != 0 ? VmaFlag.WRITE.bit() : 0;
    permitted |= (flags & VmaFlag.MAY_EXECUTE.bit()) != 0 ? VmaFlag.EXECUTE.bit() : 0;
    return flags & ALL & ~permitted;
  }
}
