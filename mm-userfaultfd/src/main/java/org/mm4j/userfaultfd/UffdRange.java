/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.userfaultfd;

import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.UserAddresses;

/** The check every userfaultfd operation makes of its range first. */
final class UffdRange {
  private UffdRange() {}

  /**
   * Refuses a range that is not page aligned, empty, or not within user addresses.
   *
   * @throws MemoryException EINVAL
   */
  static void require(String call, AddressRange range) {
    if (!Pages.isAligned(range.start())) {
      throw new MemoryException(Errno.EINVAL, call, range.start(), "start is not page aligned");
    }
    if (range.isEmpty() || !Pages.isAligned(range.lengthBytes())) {
      throw new MemoryException(
          Errno.EINVAL, call, range.lengthBytes(), "length is not a positive number of pages");
    }
    if (!UserAddresses.contains(range)) {
      throw new MemoryException(
          Errno.EINVAL, call, range.start(), "range is outside of user addresses");
    }
  }
}
