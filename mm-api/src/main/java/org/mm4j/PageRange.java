/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/**
 * A half-open range of page indices within a file, {@code [firstIndex, firstIndex + pageCount)}. A
 * page index is a file offset divided by the page size, so it is below 2<sup>52</sup> and never
 * negative.
 *
 * @param firstIndex the first index, not negative
 * @param pageCount how many pages, not negative
 */
public record PageRange(long firstIndex, long pageCount) {
  /** The number of page indices there are: 2<sup>63</sup> bytes of file. */
  public static final long INDEX_COUNT = 1L << (63 - Pages.SHIFT);

  /** Checks that the range lies within all indices. */
  public PageRange {
    if (firstIndex < 0 || pageCount < 0 || firstIndex > INDEX_COUNT - pageCount) {
      throw new IllegalArgumentException(
          "no such pages: first index " + firstIndex + ", page count " + pageCount);
    }
  }

  /** Creates a range from its two ends, the second exclusive. */
  public static PageRange between(long firstIndex, long endIndex) {
    return new PageRange(firstIndex, endIndex - firstIndex);
  }

  /** Returns the index after the last one. */
  public long endIndex() {
    return firstIndex + pageCount;
  }

  /** Returns whether the index lies in the range. */
  public boolean contains(long index) {
    return index >= firstIndex && index < endIndex();
  }

  @Override
  public String toString() {
    return "pages [" + firstIndex + ", " + endIndex() + ")";
  }
}
