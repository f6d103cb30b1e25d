/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.util.concurrent.TimeUnit;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.memory.Struct;

/** Time limits, as {@code struct timespec} gives them. */
final class Deadline {
  static final int TIMESPEC_BYTES = 16;

  private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private Deadline() {}

  /** The nanoseconds of a timespec in user memory; the most there are if it says more. */
  static long nanos(Arguments a, long address) {
    Struct time = Struct.read(a.user(), address, TIMESPEC_BYTES);
    long seconds = time.getLong(0);
    long nanos = time.getLong(Long.BYTES);
    if (seconds < 0 || nanos < 0 || nanos >= NANOS_PER_SECOND) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    return seconds > (Long.MAX_VALUE - nanos) / NANOS_PER_SECOND
        ? Long.MAX_VALUE
        : seconds * NANOS_PER_SECOND + nanos;
  }

  static Struct timespec(long nanos) {
    return new Struct(TIMESPEC_BYTES)
        .setLong(0, Math.floorDiv(nanos, NANOS_PER_SECOND))
        .setLong(Long.BYTES, Math.floorMod(nanos, NANOS_PER_SECOND));
  }
}
