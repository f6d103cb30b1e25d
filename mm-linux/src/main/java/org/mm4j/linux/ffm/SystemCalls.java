/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.ffm;

import java.lang.foreign.MemorySegment;

/**
 * Makes system calls. Thread-safe. What C has in errno comes back as a negative number, as the
 * kernel itself hands it out.
 */
@FunctionalInterface
public interface SystemCalls {
  /**
   * Makes a call. A blocked call does not hold up the JVM.
   *
   * @param keepAlive native memory that the call uses by its address; it cannot be freed before the
   *     call returns
   * @return the result, or the negative errno
   */
  long call(
      MemorySegment keepAlive,
      SystemCall call,
      long first,
      long second,
      long third,
      long fourth,
      long fifth,
      long sixth);

  /** Makes a call with up to three arguments. */
  default long call(SystemCall call, long first, long second, long third) {
    return call(MemorySegment.NULL, call, first, second, third, 0, 0, 0);
  }

  /** Makes a call with up to three arguments that uses native memory. */
  default long call(MemorySegment keepAlive, SystemCall call, long first, long second, long third) {
    return call(keepAlive, call, first, second, third, 0, 0, 0);
  }

  /** Makes a call with up to six arguments. */
  default long call(
      SystemCall call, long first, long second, long third, long fourth, long fifth, long sixth) {
    return call(MemorySegment.NULL, call, first, second, third, fourth, fifth, sixth);
  }
}
