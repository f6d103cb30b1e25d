/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.MemoryAccessException;
import org.mm4j.MemoryException;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.process.GuestThread;
import org.mm4j.examples.emulator.process.SystemCalls;

/** All system calls by their riscv64 number. Thread-safe once it is built. */
public final class SyscallTable implements SystemCalls {
  private static final int SIZE = 512;
  private static final int A7 = 17;

  /** read, write and their kin, ioctl, fcntl, futex, wait4. */
  private static final Set<Long> RESTARTED =
      Set.of(63L, 64L, 65L, 66L, 67L, 68L, 69L, 70L, 25L, 29L, 98L, 260L);

  private final @Nullable Syscall[] calls = new Syscall[SIZE];
  private final UnknownCalls unknown = new UnknownCalls();

  /** Creates the table. */
  public SyscallTable() {
    MemorySyscalls.register(this);
    MemoryFileSyscalls.register(this);
    FileSyscalls.register(this);
    TransferSyscalls.register(this);
    PathSyscalls.register(this);
    PollSyscalls.register(this);
    UserfaultSyscalls.register(this);
    FutexSyscalls.register(this);
    ThreadSyscalls.register(this);
    SignalSyscalls.register(this);
    TimeSyscalls.register(this);
    ProcessSyscalls.register(this);
  }

  void add(int number, Syscall call) {
    if (calls[number] != null) {
      throw new IllegalArgumentException("system call " + number + " is there twice");
    }
    calls[number] = call;
  }

  /** Returns what was asked for and is not there. */
  public UnknownCalls unknown() {
    return unknown;
  }

  @Override
  public long call(GuestThread thread) {
    long number = thread.hart().register(A7);
    Syscall call = number >= 0 && number < SIZE ? calls[(int) number] : null;
    if (call == null) {
      unknown.count(number);
      return -LinuxErrno.ENOSYS.number();
    }
    try (Arguments arguments = new Arguments(thread)) {
      return call.make(arguments);
    } catch (SyscallException refused) {
      return -refused.errno().number();
    } catch (MemoryException refused) {
      return -refused.errno().number();
    } catch (MemoryAccessException badAddress) {
      return -LinuxErrno.EFAULT.number();
    } catch (InterruptedException e) {
      return -LinuxErrno.EINTR.number();
    }
  }

  @Override
  public boolean isRestarted(long number) {
    return RESTARTED.contains(number);
  }
}
