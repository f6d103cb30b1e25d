/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.util.EnumSet;
import java.util.Set;
import org.mm4j.MemoryFile;
import org.mm4j.MemoryFileFlag;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.file.OpenMemoryFile;

/** Memory files: memfd_create, ftruncate, fallocate. */
final class MemoryFileSyscalls {
  private static final int CLOEXEC = 1;
  private static final int ALLOW_SEALING = 2;
  private static final int NOEXEC_SEAL = 8;
  private static final int EXEC = 16;
  private static final int MAX_NAME = 250;

  private MemoryFileSyscalls() {}

  static void register(SyscallTable table) {
    table.add(279, MemoryFileSyscalls::create);
    table.add(46, MemoryFileSyscalls::truncate);
    table.add(47, MemoryFileSyscalls::allocate);
  }

  private static long create(Arguments a) {
    int flags = a.getInt(1);
    if ((flags & ~(CLOEXEC | ALLOW_SEALING | NOEXEC_SEAL | EXEC)) != 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    Set<MemoryFileFlag> fileFlags = EnumSet.noneOf(MemoryFileFlag.class);
    if ((flags & (ALLOW_SEALING | NOEXEC_SEAL)) != 0) {
      fileFlags.add(MemoryFileFlag.ALLOW_SEALING);
    }
    MemoryFile file = a.process().memory().createFile(name(a), fileFlags);
    return a.process().files().add(new OpenMemoryFile(file), (flags & CLOEXEC) != 0);
  }

  private static String name(Arguments a) {
    try {
      return a.user().readString(a.get(0), MAX_NAME);
    } catch (SyscallException tooLong) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
  }

  private static long truncate(Arguments a) {
    long size = a.get(1);
    if (size < 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    a.file(a.getInt(0)).truncate(size);
    return 0;
  }

  private static long allocate(Arguments a) {
    a.file(a.getInt(0)).allocate(a.getInt(1), a.get(2), a.get(3));
    return 0;
  }
}
