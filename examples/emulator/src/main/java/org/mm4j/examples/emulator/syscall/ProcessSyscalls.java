/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.mm4j.MemoryStatistics;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.file.FileTable;
import org.mm4j.examples.emulator.memory.MemoryLayout;
import org.mm4j.examples.emulator.memory.Struct;

/** What a process asks about itself and the machine. */
final class ProcessSyscalls {
  private static final int NAME_BYTES = 65;
  private static final int SYSINFO_BYTES = 112;
  private static final int USAGE_BYTES = 144;
  private static final int LIMIT_STACK = 3;
  private static final int LIMIT_FILES = 7;
  private static final int LIMITS = 16;
  private static final int SET_NAME = 15;
  private static final int GET_NAME = 16;
  private static final int TASK_NAME_BYTES = 16;
  private static final int MAX_RANDOM_BYTES = 1 << 20;

  private ProcessSyscalls() {}

  static void register(SyscallTable table) {
    table.add(153, ProcessSyscalls::times);
    table.add(155, a -> a.process().id());
    table.add(156, a -> a.process().id());
    table.add(160, ProcessSyscalls::uname);
    table.add(165, ProcessSyscalls::getrusage);
    table.add(166, a -> 022); // umask
    table.add(167, ProcessSyscalls::prctl);
    table.add(172, a -> a.process().id());
    table.add(173, a -> 1);
    for (int identity = 174; identity <= 177; identity++) {
      table.add(identity, a -> 0); // getuid, geteuid, getgid, getegid
    }
    table.add(179, ProcessSyscalls::sysinfo);
    table.add(260, ProcessSyscalls::wait4);
    table.add(261, ProcessSyscalls::prlimit);
    table.add(278, ProcessSyscalls::getrandom);
  }

  private static long uname(Arguments a) {
    String[] fields = {"Linux", "mm4j", "6.18.0", "#1 mm4j", "riscv64", "(none)"};
    Struct names = new Struct(NAME_BYTES * fields.length);
    for (int i = 0; i < fields.length; i++) {
      names.setBytes(i * NAME_BYTES, fields[i].getBytes(StandardCharsets.US_ASCII));
    }
    names.write(a.user(), a.get(0));
    return 0;
  }

  private static long times(Arguments a) {
    long ticks = Clocks.now(Clocks.MONOTONIC) / TimeUnit.MILLISECONDS.toNanos(10);
    if (a.get(0) != 0) {
      new Struct(32).setLong(0, ticks).write(a.user(), a.get(0));
    }
    return ticks;
  }

  private static long getrusage(Arguments a) {
    long micros = TimeUnit.NANOSECONDS.toMicros(Clocks.now(Clocks.MONOTONIC));
    new Struct(USAGE_BYTES)
        .setLong(0, micros / 1_000_000)
        .setLong(8, micros % 1_000_000)
        .write(a.user(), a.get(1));
    return 0;
  }

  private static long prctl(Arguments a) {
    switch (a.getInt(0)) {
      case SET_NAME -> a.process().setName(taskName(a.user().readBytes(a.get(1), 16)));
      case GET_NAME ->
          a.user()
              .writeBytes(
                  a.get(1),
                  Arrays.copyOf(
                      a.process().name().getBytes(StandardCharsets.UTF_8), TASK_NAME_BYTES));
      default -> throw new SyscallException(LinuxErrno.EINVAL);
    }
    return 0;
  }

  private static String taskName(byte[] bytes) {
    int length = 0;
    while (length < TASK_NAME_BYTES - 1 && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static long sysinfo(Arguments a) {
    Struct info = new Struct(SYSINFO_BYTES);
    info.setLong(0, TimeUnit.NANOSECONDS.toSeconds(Clocks.now(Clocks.MONOTONIC)));
    MemoryStatistics memory = a.process().memory().statistics();
    info.setLong(32, memory.totalFrames() << 12).setLong(40, memory.freeFrames() << 12);
    info.setShort(80, 1).setInt(104, 1);
    info.write(a.user(), a.get(0));
    return 0;
  }

  private static long wait4(Arguments a) {
    throw new SyscallException(LinuxErrno.ECHILD);
  }

  private static long prlimit(Arguments a) {
    int resource = a.getInt(1);
    if (resource < 0 || resource >= LIMITS) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    if (a.getInt(0) != 0 && a.getInt(0) != a.process().id()) {
      throw new SyscallException(LinuxErrno.ESRCH);
    }
    if (a.get(3) != 0) {
      long limit =
          switch (resource) {
            case LIMIT_STACK -> MemoryLayout.STACK_BYTES;
            case LIMIT_FILES -> FileTable.MAX_DESCRIPTORS;
            default -> -1;
          };
      new Struct(16).setLong(0, limit).setLong(8, limit).write(a.user(), a.get(3));
    }
    return 0;
  }

  private static long getrandom(Arguments a) {
    long wanted = a.get(1);
    if ((a.getInt(2) & ~7) != 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    int count = wanted < 0 ? MAX_RANDOM_BYTES : (int) Math.min(wanted, MAX_RANDOM_BYTES);
    a.user().writeBytes(a.get(0), a.process().random().bytes(count));
    return count;
  }
}
