/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** The addresses that user memory may have: {@code [LOWEST, END)}. */
public final class UserAddresses {
  /** The lowest address that can be mapped ({@code mmap_min_addr}): 64 KiB. */
  public static final long LOWEST = 0x1_0000L;

  /** The address after the last one ({@code TASK_SIZE}): 128 TiB. */
  public static final long END = 1L << 47;

  private UserAddresses() {}

  /** Returns whether a range, possibly wrapping, lies within user addresses. */
  public static boolean contains(AddressRange range) {
    return Long.compareUnsigned(range.start(), LOWEST) >= 0
        && Long.compareUnsigned(range.start(), END) <= 0
        && Long.compareUnsigned(range.lengthBytes(), END - range.start()) <= 0;
  }
}
