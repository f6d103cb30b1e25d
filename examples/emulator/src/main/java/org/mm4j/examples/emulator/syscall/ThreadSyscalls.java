/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import org.mm4j.MemoryException;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.memory.Struct;
import org.mm4j.examples.emulator.process.ExitStatus;
import org.mm4j.examples.emulator.process.GuestThread;
import org.mm4j.examples.emulator.riscv.Hart;

/** Threads: clone, exit, exit_group, set_tid_address, scheduling. fork is ENOSYS. */
final class ThreadSyscalls {
  private static final long VM = 0x100;
  private static final long SIGHAND = 0x800;
  private static final long THREAD = 0x10000;
  private static final long SETTLS = 0x80000;
  private static final long PARENT_SETTID = 0x100000;
  private static final long CHILD_CLEARTID = 0x200000;
  private static final long CHILD_SETTID = 0x1000000;
  private static final int SP = 2;
  private static final int TP = 4;
  private static final int A0 = 10;
  private static final int AFFINITY_BYTES = 8;

  private ThreadSyscalls() {}

  static void register(SyscallTable table) {
    table.add(93, ThreadSyscalls::exit);
    table.add(94, ThreadSyscalls::exitGroup);
    table.add(96, ThreadSyscalls::setTidAddress);
    table.add(122, a -> 0); // sched_setaffinity: the host's scheduler decides
    table.add(123, ThreadSyscalls::getAffinity);
    table.add(124, ThreadSyscalls::yieldProcessor);
    table.add(178, a -> a.thread().id());
    table.add(220, ThreadSyscalls::cloneThread);
    table.add(259, ThreadSyscalls::flushCode);
    table.add(283, ThreadSyscalls::membarrier);
  }

  private static long exit(Arguments a) {
    a.process().endThread(a.thread(), a.getInt(0));
    return 0;
  }

  private static long exitGroup(Arguments a) {
    a.process().end(ExitStatus.exited(a.getInt(0)));
    return 0;
  }

  private static long setTidAddress(Arguments a) {
    a.thread().setClearedWhenEnded(a.get(0));
    return a.thread().id();
  }

  private static long getAffinity(Arguments a) {
    if (a.get(1) < AFFINITY_BYTES || a.get(1) % AFFINITY_BYTES != 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    int processors = Math.min(Runtime.getRuntime().availableProcessors(), Long.SIZE);
    new Struct(AFFINITY_BYTES)
        .setLong(0, -1L >>> (Long.SIZE - processors))
        .write(a.user(), a.get(2));
    return AFFINITY_BYTES;
  }

  @SuppressWarnings("ThreadPriorityCheck") // the guest asks for just this
  private static long yieldProcessor(Arguments a) {
    Thread.yield();
    return 0;
  }

  private static long flushCode(Arguments a) {
    a.process().flushCode();
    return 0;
  }

  /** Entering and leaving the processors is a full fence already; the query says: nothing more. */
  private static long membarrier(Arguments a) {
    if (a.getInt(0) != 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    return 0;
  }

  private static long cloneThread(Arguments a) {
    long flags = a.get(0);
    if ((flags & (VM | SIGHAND | THREAD)) != (VM | SIGHAND | THREAD)) {
      throw new SyscallException(LinuxErrno.ENOSYS);
    }
    Hart parent = a.thread().hart();
    long stack = a.get(1);
    long parentTid = a.get(2);
    long tls = a.get(3);
    long childTid = a.get(4);
    long mask = a.thread().signals().mask();
    return a.process()
        .startThread(
            child -> {
              Hart hart = child.hart();
              hart.copyRegistersFrom(parent);
              hart.setRegister(A0, 0);
              if (stack != 0) {
                hart.setRegister(SP, stack);
              }
              if ((flags & SETTLS) != 0) {
                hart.setRegister(TP, tls);
              }
              child.signals().setMask(mask);
              tellId(child, (flags & PARENT_SETTID) != 0 ? parentTid : 0);
              tellId(child, (flags & CHILD_SETTID) != 0 ? childTid : 0);
              if ((flags & CHILD_CLEARTID) != 0) {
                child.setClearedWhenEnded(childTid);
              }
            });
  }

  /** As in Linux, an address that cannot be written is no error. */
  private static void tellId(GuestThread child, long address) {
    if (address != 0) {
      try {
        child.process().memory().user().writeInt(address, child.id());
      } catch (MemoryException unwritable) {
        // The thread runs all the same.
      }
    }
  }
}
