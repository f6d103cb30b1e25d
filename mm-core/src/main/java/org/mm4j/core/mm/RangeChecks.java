/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.UserAddresses;

/** The checks of ranges that system calls share. */
final class RangeChecks {
  private RangeChecks() {}

  /** Returns whether a range, whose start may be anything, lies below {@link UserAddresses#END}. */
  static boolean contain(long start, long lengthBytes) {
    return Long.compareUnsigned(lengthBytes, UserAddresses.END) <= 0
        && Long.compareUnsigned(start, UserAddresses.END - lengthBytes) <= 0;
  }

  static void requireAligned(String call, long address) {
    if (!Pages.isAligned(address)) {
      throw new MemoryException(Errno.EINVAL, call, address, "address is not page aligned");
    }
  }

  /**
   * Returns a range with an aligned start and its length rounded up to pages, as {@code madvise}
   * and {@code mprotect} understand it; it may reach beyond the user addresses.
   *
   * @param wrapped the error of a range that wraps around
   */
  static AddressRange pages(String call, AddressRange range, Errno wrapped) {
    requireAligned(call, range.start());
    long length = Pages.alignUp(range.lengthBytes());
    AddressRange rounded = new AddressRange(range.start(), length);
    if ((length == 0 && !range.isEmpty()) || rounded.wraps()) {
      throw new MemoryException(wrapped, call, range.lengthBytes(), "range wraps around");
    }
    return rounded;
  }

  /** The error of a range that is not mapped throughout. */
  static MemoryException unmapped(String call, long address) {
    return new MemoryException(Errno.ENOMEM, call, address, "part of the range is not mapped");
  }
}
