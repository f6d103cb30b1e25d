/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

/**
 * One of the three bits that an entry can carry and be searched by. What they mean is up to the
 * owner of the array.
 */
public enum XArrayMark {
  /** {@code XA_MARK_0}. */
  MARK_0(1),
  /** {@code XA_MARK_1}. */
  MARK_1(2),
  /** {@code XA_MARK_2}. */
  MARK_2(4);

  private static final XArrayMark[] ALL = values();

  /** The bit of this mark in {@code XArray.headMarks}. */
  final int headBit;

  XArrayMark(int headBit) {
    this.headBit = headBit;
  }

  /** Returns the marks without the copy that {@code values()} makes. */
  static XArrayMark[] all() {
    return ALL;
  }
}
