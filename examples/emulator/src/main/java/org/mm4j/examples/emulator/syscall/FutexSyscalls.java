/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.memory.FutexKey;
import org.mm4j.examples.emulator.process.FutexTable;

/** futex, and the robust list, which is remembered but not walked. */
final class FutexSyscalls {
  private static final int WAIT = 0;
  private static final int WAKE = 1;
  private static final int REQUEUE = 3;
  private static final int CMP_REQUEUE = 4;
  private static final int WAIT_BITSET = 9;
  private static final int WAKE_BITSET = 10;
  private static final int PRIVATE = 128;
  private static final int CLOCK_REALTIME = 256;
  private static final int ANY = -1;
  private static final int ROBUST_LIST_BYTES = 24;

  private FutexSyscalls() {}

  static void register(SyscallTable table) {
    table.add(98, FutexSyscalls::futex);
    table.add(99, FutexSyscalls::setRobustList);
  }

  private static long futex(Arguments a) throws InterruptedException {
    int operation = a.getInt(1);
    boolean isPrivate = (operation & PRIVATE) != 0;
    boolean isRealtime = (operation & CLOCK_REALTIME) != 0;
    long address = a.get(0);
    if ((address & 3) != 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    FutexKey key = a.process().memory().futexKey(address, isPrivate);
    FutexTable futexes = a.process().futexes();
    return switch (operation & ~(PRIVATE | CLOCK_REALTIME)) {
      case WAIT -> await(a, key, ANY, relative(a));
      case WAIT_BITSET -> await(a, key, bits(a), absolute(a, isRealtime));
      case WAKE -> futexes.wake(key, a.getInt(2), ANY);
      case WAKE_BITSET -> futexes.wake(key, a.getInt(2), bits(a));
      case REQUEUE -> requeue(a, key, isPrivate);
      case CMP_REQUEUE -> {
        if (a.thread().cpu().loadInt(address) != a.getInt(5)) {
          throw new SyscallException(LinuxErrno.EAGAIN);
        }
        yield requeue(a, key, isPrivate);
      }
      default -> throw new SyscallException(LinuxErrno.ENOSYS);
    };
  }

  private static int bits(Arguments a) {
    int bits = a.getInt(5);
    if (bits == 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    return bits;
  }

  private static long relative(Arguments a) {
    return a.get(3) == 0 ? FutexTable.FOREVER : Deadline.nanos(a, a.get(3));
  }

  private static long absolute(Arguments a, boolean isRealtime) {
    if (a.get(3) == 0) {
      return FutexTable.FOREVER;
    }
    long now = Clocks.now(isRealtime ? Clocks.REALTIME : Clocks.MONOTONIC);
    return Math.max(0, Deadline.nanos(a, a.get(3)) - now);
  }

  private static long await(Arguments a, FutexKey key, int bits, long nanos)
      throws InterruptedException {
    long address = a.get(0);
    a.process()
        .futexes()
        .await(key, bits, () -> a.thread().cpu().loadInt(address), a.getInt(2), nanos);
    return 0;
  }

  private static long requeue(Arguments a, FutexKey from, boolean isPrivate) {
    int wakeCount = a.getInt(2);
    int requeueCount = a.getInt(3);
    if (wakeCount < 0 || requeueCount < 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    FutexKey to = a.process().memory().futexKey(a.get(4), isPrivate);
    return a.process().futexes().requeue(from, to, wakeCount, requeueCount);
  }

  private static long setRobustList(Arguments a) {
    if (a.get(1) != ROBUST_LIST_BYTES) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    return 0;
  }
}
