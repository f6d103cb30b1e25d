/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.util.concurrent.TimeUnit;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.memory.Struct;

/** Clocks and sleeping. */
final class TimeSyscalls {
  private static final int ABSOLUTE = 1;

  private TimeSyscalls() {}

  static void register(SyscallTable table) {
    table.add(101, a -> sleep(a, Clocks.MONOTONIC, false, a.get(0), a.get(1)));
    table.add(113, TimeSyscalls::getTime);
    table.add(114, TimeSyscalls::getResolution);
    table.add(115, a -> sleep(a, a.getInt(0), (a.getInt(1) & ABSOLUTE) != 0, a.get(2), a.get(3)));
    table.add(169, TimeSyscalls::getTimeOfDay);
  }

  private static long getTime(Arguments a) {
    Deadline.timespec(Clocks.now(a.getInt(0))).write(a.user(), a.get(1));
    return 0;
  }

  private static long getResolution(Arguments a) {
    Clocks.now(a.getInt(0));
    if (a.get(1) != 0) {
      Deadline.timespec(1).write(a.user(), a.get(1));
    }
    return 0;
  }

  private static long getTimeOfDay(Arguments a) {
    long nanos = Clocks.now(Clocks.REALTIME);
    if (a.get(0) != 0) {
      new Struct(Deadline.TIMESPEC_BYTES)
          .setLong(0, TimeUnit.NANOSECONDS.toSeconds(nanos))
          .setLong(Long.BYTES, nanos / 1000 % 1_000_000)
          .write(a.user(), a.get(0));
    }
    return 0;
  }

  private static long sleep(
      Arguments a, int clock, boolean isAbsolute, long request, long remainder)
      throws InterruptedException {
    if (clock != Clocks.REALTIME && clock != Clocks.MONOTONIC && clock != 7) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    long wanted = Deadline.nanos(a, request);
    long nanos = isAbsolute ? wanted - Clocks.now(clock) : wanted;
    long start = System.nanoTime();
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      if (!isAbsolute && remainder != 0) {
        long left = Math.max(0, nanos - (System.nanoTime() - start));
        Deadline.timespec(left).write(a.user(), remainder);
      }
      throw e;
    }
    return 0;
  }
}
