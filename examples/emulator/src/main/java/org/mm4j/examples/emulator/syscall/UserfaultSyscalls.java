/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.util.EnumSet;
import java.util.Set;
import org.mm4j.UffdFlag;
import org.mm4j.Userfaultfd;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.file.OpenFile;
import org.mm4j.examples.emulator.file.OpenUserfaultfd;

/** The call userfaultfd; its ioctls are {@link UserfaultIoctls}. */
final class UserfaultSyscalls {
  private static final int USER_MODE_ONLY = 1;

  private UserfaultSyscalls() {}

  static void register(SyscallTable table) {
    table.add(282, UserfaultSyscalls::create);
  }

  private static long create(Arguments a) {
    int flags = a.getInt(0);
    if ((flags & ~(OpenFile.CLOEXEC | OpenFile.NONBLOCK | USER_MODE_ONLY)) != 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    Set<UffdFlag> modes = EnumSet.noneOf(UffdFlag.class);
    if ((flags & USER_MODE_ONLY) != 0) {
      modes.add(UffdFlag.USER_MODE_ONLY);
    }
    Userfaultfd userfaultfd = a.process().memory().space().userfaultfd(modes);
    OpenFile file =
        new OpenUserfaultfd(
            userfaultfd, flags & OpenFile.NONBLOCK, a.process().userfaultMessages());
    return a.process().files().add(file, (flags & OpenFile.CLOEXEC) != 0);
  }
}
