/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

import java.util.Locale;

/**
 * A half-open range of virtual addresses {@code [start, start + lengthBytes)}, unsigned.
 *
 * <p>A range may be empty, unaligned, or nonsense (it may wrap around): what a call does with such
 * a range is the call's to say, with an errno. Arithmetic that would overflow silently is not
 * offered; {@link #wraps()} asks.
 *
 * @param start the first address
 * @param lengthBytes the length in bytes, unsigned
 */
public record AddressRange(long start, long lengthBytes) {
  /**
   * Creates a range from its two ends.
   *
   * @throws IllegalArgumentException if {@code end} is below {@code start}, unsigned
   */
  public static AddressRange between(long start, long end) {
    if (Long.compareUnsigned(end, start) < 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "end 0x%x is below start 0x%x", end, start));
    }
    return new AddressRange(start, end - start);
  }

  /** Returns whether the range passes the end of the 64-bit address space. */
  public boolean wraps() {
    return Long.compareUnsigned(start + lengthBytes, start) < 0;
  }

  /**
   * Returns the address after the last one.
   *
   * @throws ArithmeticException if the range wraps
   */
  public long end() {
    if (wraps()) {
      throw new ArithmeticException("address range wraps: " + this);
    }
    return start + lengthBytes;
  }

  /** Returns whether the range has no address. */
  public boolean isEmpty() {
    return lengthBytes == 0;
  }

  /** Returns whether start and length are multiples of the page size. */
  public boolean isPageAligned() {
    return Pages.isAligned(start | lengthBytes);
  }

  /** Returns whether the address lies in the range. */
  public boolean contains(long address) {
    return Long.compareUnsigned(address - start, lengthBytes) < 0;
  }

  /** Returns whether the other, non-wrapping range lies within this non-wrapping one. */
  public boolean contains(AddressRange other) {
    return Long.compareUnsigned(other.start, start) >= 0
        && Long.compareUnsigned(other.end(), end()) <= 0;
  }

  /** Returns whether two non-wrapping ranges share an address. */
  public boolean overlaps(AddressRange other) {
    return Long.compareUnsigned(start, other.end()) < 0
        && Long.compareUnsigned(other.start, end()) < 0;
  }

  /**
   * Returns what two non-wrapping ranges share; empty, starting at the greater start, if nothing.
   */
  public AddressRange intersection(AddressRange other) {
    long from = Long.compareUnsigned(start, other.start) > 0 ? start : other.start;
    long to = Long.compareUnsigned(end(), other.end()) < 0 ? end() : other.end();
    return Long.compareUnsigned(to, from) <= 0
        ? new AddressRange(from, 0)
        : new AddressRange(from, to - from);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "[0x%x, +0x%x)", start, lengthBytes);
  }
}
