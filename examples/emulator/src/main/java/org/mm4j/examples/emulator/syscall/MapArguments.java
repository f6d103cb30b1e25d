/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.util.EnumSet;
import java.util.Set;
import org.mm4j.Protection;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.memory.Placement;

/** The numbers of mmap and mprotect. */
final class MapArguments {
  static final int SHARED = 1;
  static final int PRIVATE = 2;
  static final int SHARED_VALIDATE = 3;
  static final int ANONYMOUS = 0x20;
  static final int POPULATE = 0x8000;
  static final int HUGETLB = 0x40000;

  private static final int KIND = 0xf;
  private static final int FIXED = 0x10;
  private static final int FIXED_NOREPLACE = 0x100000;
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int PROT_GROWS = 0x0300_0000;

  private MapArguments() {}

  /** On riscv64 what can be written can be read. */
  static Set<Protection> protection(int bits) {
    Set<Protection> protection = EnumSet.noneOf(Protection.class);
    if ((bits & (PROT_READ | PROT_WRITE)) != 0) {
      protection.add(Protection.READ);
    }
    if ((bits & PROT_WRITE) != 0) {
      protection.add(Protection.WRITE);
    }
    if ((bits & PROT_EXEC) != 0) {
      protection.add(Protection.EXECUTE);
    }
    return protection;
  }

  static boolean grows(int protectionBits) {
    return (protectionBits & PROT_GROWS) != 0;
  }

  static boolean isShared(int flags) {
    return switch (flags & KIND) {
      case SHARED, SHARED_VALIDATE -> true;
      case PRIVATE -> false;
      default -> throw new SyscallException(LinuxErrno.EINVAL);
    };
  }

  static Placement placement(int flags) {
    if ((flags & FIXED_NOREPLACE) != 0) {
      return Placement.FIXED_NOREPLACE;
    }
    return (flags & FIXED) != 0 ? Placement.FIXED : Placement.HINT;
  }
}
