/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.stream.LongStream;

/** The seeds of a random test: a fixed list, or the one of {@code -Dmm4j.seed=}. */
final class Seeds {
  private Seeds() {}

  static LongStream of(int count) {
    Long single = Long.getLong("mm4j.seed");
    return single == null ? LongStream.rangeClosed(1, count) : LongStream.of(single);
  }
}
