/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/** The clocks of Linux by number, on the host's. */
final class Clocks {
  static final int REALTIME = 0;
  static final int MONOTONIC = 1;

  private static final int PROCESS_CPU = 2;
  private static final int THREAD_CPU = 3;
  private static final int MONOTONIC_RAW = 4;
  private static final int REALTIME_COARSE = 5;
  private static final int MONOTONIC_COARSE = 6;
  private static final int BOOTTIME = 7;

  /** So that monotonic time starts near zero, as after a boot. */
  private static final long START = System.nanoTime();

  private Clocks() {}

  static long now(int clock) {
    return switch (clock) {
      case REALTIME, REALTIME_COARSE -> realNanos();
      case MONOTONIC, MONOTONIC_RAW, MONOTONIC_COARSE, BOOTTIME -> monotonicNanos();
      case PROCESS_CPU -> monotonicNanos();
      case THREAD_CPU -> ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      default -> throw new SyscallException(LinuxErrno.EINVAL);
    };
  }

  private static long monotonicNanos() {
    return System.nanoTime() - START + TimeUnit.SECONDS.toNanos(1);
  }

  private static long realNanos() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }
}
