/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import org.mm4j.Access;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Pages;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/** madvise: the library's advice, and hints that need not do anything. */
final class Advising {
  private static final int FREE = 8;
  private static final int POPULATE_READ = 22;
  private static final int POPULATE_WRITE = 23;
  private static final int DONTNEED_LOCKED = 24;
  private static final long PINNED_AT_ONCE_BYTES = 2L << 20;

  private Advising() {}

  static long madvise(Arguments a) {
    AddressRange range = a.range(0);
    int number = a.getInt(2);
    switch (number) {
      // FREE may drop the content whenever it likes, so also now.
      case FREE, DONTNEED_LOCKED -> a.process().memory().advise(range, Advice.DONTNEED);
      // Fork, core dumps, merging, reclaim: hints about things that do not exist here.
      case 10, 11, 12, 13, 16, 17, 20, 21 -> check(a, range.start(), range.lengthBytes());
      case POPULATE_READ -> populate(a, range, Access.READ);
      case POPULATE_WRITE -> populate(a, range, Access.WRITE);
      default -> a.process().memory().advise(range, advice(number));
    }
    return 0;
  }

  private static Advice advice(int number) {
    for (Advice advice : Advice.values()) {
      if (advice.number() == number) {
        return advice;
      }
    }
    throw new SyscallException(LinuxErrno.EINVAL);
  }

  /** ENOMEM unless everything is mapped. */
  static void check(Arguments a, long start, long length) {
    a.process().memory().space().advise(new AddressRange(start, length), Advice.NORMAL);
  }

  /** Pinning faults pages in, for writing as well, without changing them. */
  private static void populate(Arguments a, AddressRange range, Access access) {
    check(a, range.start(), range.lengthBytes());
    AddressSpace space = a.process().memory().space();
    long length = Pages.alignUp(range.lengthBytes());
    for (long done = 0; done < length; done += PINNED_AT_ONCE_BYTES) {
      long bytes = Math.min(PINNED_AT_ONCE_BYTES, length - done);
      space.pin(new AddressRange(range.start() + done, bytes), access).close();
    }
  }
}
