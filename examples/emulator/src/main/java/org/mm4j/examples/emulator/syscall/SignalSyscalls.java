/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.Signals;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.memory.Struct;
import org.mm4j.examples.emulator.process.SignalAction;
import org.mm4j.examples.emulator.process.SignalState;

/** Signals: actions, masks, alternate stacks, sending, returning. */
final class SignalSyscalls {
  private static final int ACTION_BYTES = 24;
  private static final int STACK_BYTES = 24;
  private static final int STACK_DISABLE = 2;
  private static final long MIN_STACK_BYTES = 2048;
  private static final int SP = 2;
  private static final int BLOCK = 0;
  private static final int UNBLOCK = 1;
  private static final int SET = 2;

  private SignalSyscalls() {}

  static void register(SyscallTable table) {
    table.add(129, SignalSyscalls::kill);
    table.add(130, a -> send(a, a.getInt(0), a.getInt(1)));
    table.add(131, SignalSyscalls::tgkill);
    table.add(132, SignalSyscalls::alternateStack);
    table.add(133, SignalSyscalls::suspend);
    table.add(134, SignalSyscalls::action);
    table.add(135, SignalSyscalls::mask);
    table.add(136, SignalSyscalls::pending);
    table.add(139, a -> a.thread().returnFromHandler());
  }

  private static int checked(int signal) {
    if (signal != 0 && !Signals.isValid(signal)) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    return signal;
  }

  private static long kill(Arguments a) {
    int target = a.getInt(0);
    int signal = checked(a.getInt(1));
    if (target != a.process().id() && target != 0 && target != -1) {
      throw new SyscallException(LinuxErrno.ESRCH);
    }
    if (signal != 0) {
      a.process().signal(signal);
    }
    return 0;
  }

  private static long tgkill(Arguments a) {
    if (a.getInt(0) != a.process().id()) {
      throw new SyscallException(LinuxErrno.ESRCH);
    }
    return send(a, a.getInt(1), a.getInt(2));
  }

  private static long send(Arguments a, int thread, int signal) {
    if (!a.process().signalThread(thread, checked(signal), Signals.SI_TKILL)) {
      throw new SyscallException(LinuxErrno.ESRCH);
    }
    return 0;
  }

  private static long action(Arguments a) {
    int signal = a.getInt(0);
    long set = a.get(1);
    long get = a.get(2);
    if (!Signals.isValid(signal)
        || a.get(3) != Long.BYTES
        || (set != 0 && !Signals.canBeCaught(signal))) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    SignalAction old = a.process().actions().get(signal);
    if (set != 0) {
      Struct action = Struct.read(a.user(), set, ACTION_BYTES);
      a.process()
          .actions()
          .set(signal, new SignalAction(action.getLong(0), action.getLong(8), action.getLong(16)));
    }
    if (get != 0) {
      new Struct(ACTION_BYTES)
          .setLong(0, old.handler())
          .setLong(8, old.flags())
          .setLong(16, old.mask())
          .write(a.user(), get);
    }
    return 0;
  }

  private static long mask(Arguments a) {
    SignalState signals = a.thread().signals();
    long old = signals.mask();
    if (a.get(3) != Long.BYTES) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    if (a.get(1) != 0) {
      long set = a.user().readLong(a.get(1));
      switch (a.getInt(0)) {
        case BLOCK -> signals.setMask(old | set);
        case UNBLOCK -> signals.setMask(old & ~set);
        case SET -> signals.setMask(set);
        default -> throw new SyscallException(LinuxErrno.EINVAL);
      }
    }
    if (a.get(2) != 0) {
      a.user().writeLong(a.get(2), old);
    }
    return 0;
  }

  private static long pending(Arguments a) {
    long set = a.thread().signals().pendingSet() | a.process().pendingSignals();
    a.user().writeLong(a.get(0), set & a.thread().signals().mask());
    return 0;
  }

  /** Waits until a signal has come; it interrupts. */
  private static long suspend(Arguments a) throws InterruptedException {
    a.thread().blockForOneCall(a.user().readLong(a.get(0)));
    while (true) {
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  private static long alternateStack(Arguments a) {
    SignalState signals = a.thread().signals();
    long pointer = a.thread().hart().register(SP);
    Struct old =
        new Struct(STACK_BYTES)
            .setLong(0, signals.stackStart())
            .setInt(8, signals.stackFlags(pointer))
            .setLong(16, signals.stackBytes());
    if (a.get(0) != 0) {
      Struct wanted = Struct.read(a.user(), a.get(0), STACK_BYTES);
      boolean isEnabled = (wanted.getInt(8) & STACK_DISABLE) == 0;
      if (signals.isOnStack(pointer)) {
        throw new SyscallException(LinuxErrno.EPERM);
      }
      if (isEnabled && wanted.getLong(16) < MIN_STACK_BYTES) {
        throw new SyscallException(LinuxErrno.ENOMEM);
      }
      signals.setStack(wanted.getLong(0), wanted.getLong(16), isEnabled);
    }
    if (a.get(1) != 0) {
      old.write(a.user(), a.get(1));
    }
    return 0;
  }
}
