/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
import org.mm4j.Pages;

/**
 * A range of bytes of a file, not empty.
 *
 * @param start the first byte
 * @param end the byte after the last one, unsigned: at most 2⁶³
 */
record FileRange(long start, long end) {
  /** Returns everything from a byte on. */
  static FileRange from(long start) {
    return new FileRange(start, Long.MIN_VALUE);
  }

  /**
   * Checks a range as {@code fallocate} does.
   *
   * @throws MemoryException EINVAL for a negative offset or a length that is not positive; EFBIG
   *     beyond the greatest size
   */
  static FileRange of(String call, long offsetBytes, long lengthBytes) {
    if (offsetBytes < 0) {
      throw new MemoryException(Errno.EINVAL, call, offsetBytes, "the offset is negative");
    }
    if (lengthBytes <= 0) {
      throw new MemoryException(Errno.EINVAL, call, lengthBytes, "the length is not positive");
    }
    if (lengthBytes > Long.MAX_VALUE - offsetBytes) {
      throw new MemoryException(
          Errno.EFBIG, call, lengthBytes, "the range ends beyond the greatest size");
    }
    return new FileRange(offsetBytes, offsetBytes + lengthBytes);
  }

  /** Returns the pages of which any byte is in the range. */
  PageRange touchedPages() {
    return PageRange.between(start >>> Pages.SHIFT, roundUp(end));
  }

  /** Returns the pages that are in the range as a whole; empty if there are none. */
  PageRange wholePages() {
    long first = roundUp(start);
    return PageRange.between(first, Math.max(first, end >>> Pages.SHIFT));
  }

  /** Returns the index of the page with the first byte. */
  long firstIndex() {
    return start >>> Pages.SHIFT;
  }

  /** Returns the index of the page with the last byte. */
  long lastIndex() {
    return (end - 1) >>> Pages.SHIFT;
  }

  /** Returns the index of the page with the first byte that is behind the range. */
  long indexAfter() {
    return end >>> Pages.SHIFT;
  }

  private static long roundUp(long bytes) {
    return (bytes + Pages.OFFSET_MASK) >>> Pages.SHIFT; // unsigned: the sum may pass 2^63
  }
}
