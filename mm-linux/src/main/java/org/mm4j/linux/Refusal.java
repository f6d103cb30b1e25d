/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mm4j.Errno;
import org.mm4j.MemoryException;

/** Turns the kernel's negative results into exceptions. */
final class Refusal {
  private static final Map<Integer, Errno> KNOWN =
      Stream.of(Errno.values()).collect(Collectors.toMap(Errno::number, Function.identity()));

  private Refusal() {}

  /** Returns the errno of a negative result, or nothing if {@link Errno} does not have it. */
  static Optional<Errno> errno(long result) {
    return result < -4095 ? Optional.empty() : Optional.ofNullable(KNOWN.get((int) -result));
  }

  /** Returns whether a result is the negative of an errno. */
  static boolean is(long result, Errno errno) {
    return result == -errno.number();
  }

  /** Returns the result of a call, or throws what it answers. */
  static long check(long result, String call, long value) {
    if (result < 0) {
      throw of(result, call, value);
    }
    return result;
  }

  /** Returns the exception for a negative result. An errno we do not know becomes EIO. */
  static MemoryException of(long result, String call, long value) {
    return errno(result)
        .map(known -> new MemoryException(known, call, value, "the kernel refuses"))
        .orElseGet(
            () ->
                new MemoryException(
                    Errno.EIO, call, value, "the kernel refuses with errno " + -result));
  }
}
