/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.util.BitSet;
import java.util.EnumSet;
import java.util.Set;
import org.mm4j.AddressRange;
import org.mm4j.MemoryFile;
import org.mm4j.Pages;
import org.mm4j.Protection;
import org.mm4j.RemapFlag;
import org.mm4j.UserAddresses;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.file.OpenFile;
import org.mm4j.examples.emulator.file.OpenMemoryFile;
import org.mm4j.examples.emulator.memory.Placement;

/** Mappings: brk, mmap, munmap, mremap, mprotect, mincore, and what does nothing here. */
final class MemorySyscalls {
  private static final int REMAP_MAY_MOVE = 1;
  private static final int REMAP_FIXED = 2;
  private static final int REMAP_DONT_UNMAP = 4;
  private static final long RESIDENCY_PAGES_AT_ONCE = 1 << 16;

  private MemorySyscalls() {}

  static void register(SyscallTable table) {
    table.add(214, a -> a.process().memory().moveBreak(a.get(0)));
    table.add(215, MemorySyscalls::munmap);
    table.add(216, MemorySyscalls::mremap);
    table.add(222, MemorySyscalls::mmap);
    table.add(226, MemorySyscalls::mprotect);
    table.add(227, MemorySyscalls::requireMapped); // msync: there is no disk
    table.add(228, MemorySyscalls::requireMapped); // mlock: nothing is swapped
    table.add(229, MemorySyscalls::requireMapped); // munlock
    table.add(232, MemorySyscalls::mincore);
    table.add(233, Advising::madvise);
  }

  private static long munmap(Arguments a) {
    a.process().memory().unmap(a.range(0));
    return 0;
  }

  private static long mmap(Arguments a) {
    long hint = a.get(0);
    long length = a.get(1);
    int flags = a.getInt(3);
    Set<Protection> protection = MapArguments.protection(a.getInt(2));
    boolean isAnonymous = (flags & MapArguments.ANONYMOUS) != 0;
    OpenFile file = isAnonymous ? null : a.file(a.getInt(4));
    boolean isShared = MapArguments.isShared(flags);
    Placement placement = MapArguments.placement(flags);
    boolean populate = (flags & MapArguments.POPULATE) != 0;
    if ((flags & MapArguments.HUGETLB) != 0) {
      throw new SyscallException(LinuxErrno.ENOMEM); // an empty pool
    }
    if (file != null) {
      return a.process()
          .memory()
          .mapFile(
              mappable(file, isShared), a.get(5), hint, length, protection, placement, populate);
    }
    return isShared
        ? a.process().memory().mapSharedAnonymous(hint, length, protection, placement, populate)
        : a.process().memory().mapPrivateAnonymous(hint, length, protection, placement, populate);
  }

  /** There is no private mapping of a file yet, and nothing of the host's is mapped. */
  private static MemoryFile mappable(OpenFile file, boolean isShared) {
    if (isShared && file instanceof OpenMemoryFile memoryFile) {
      return memoryFile.file();
    }
    throw new SyscallException(LinuxErrno.ENODEV);
  }

  private static long mprotect(Arguments a) {
    int bits = a.getInt(2);
    AddressRange range = a.range(0);
    if (MapArguments.grows(bits) || !Pages.isAligned(range.start())) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    if (!range.isEmpty()) {
      AddressRange pages = wholePages(range);
      a.process().memory().protect(pages, MapArguments.protection(bits));
    }
    return 0;
  }

  private static long mremap(Arguments a) {
    int bits = a.getInt(3);
    if ((bits & ~(REMAP_MAY_MOVE | REMAP_FIXED | REMAP_DONT_UNMAP)) != 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    Set<RemapFlag> flags = EnumSet.noneOf(RemapFlag.class);
    if ((bits & REMAP_MAY_MOVE) != 0) {
      flags.add(RemapFlag.MAY_MOVE);
    }
    if ((bits & REMAP_FIXED) != 0) {
      flags.add(RemapFlag.FIXED);
    }
    if ((bits & REMAP_DONT_UNMAP) != 0) {
      flags.add(RemapFlag.DONT_UNMAP);
    }
    return a.process().memory().remap(a.range(0), a.get(2), flags, a.get(4));
  }

  private static long mincore(Arguments a) {
    AddressRange range = a.range(0);
    if (!Pages.isAligned(range.start())) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    AddressRange pages = wholePages(range);
    long count = pages.lengthBytes() >> Pages.SHIFT;
    for (long done = 0; done < count; done += RESIDENCY_PAGES_AT_ONCE) {
      byte[] vector = new byte[(int) Math.min(RESIDENCY_PAGES_AT_ONCE, count - done)];
      AddressRange part =
          new AddressRange(
              pages.start() + (done << Pages.SHIFT), (long) vector.length << Pages.SHIFT);
      BitSet residency = a.process().memory().space().residency(part);
      residency.stream().forEach(page -> vector[page] = 1);
      a.user().writeBytes(a.get(2) + done, vector);
    }
    return 0;
  }

  /** The pages of a range; ENOMEM if it leaves the user's addresses, also by being rounded up. */
  private static AddressRange wholePages(AddressRange range) {
    AddressRange pages = new AddressRange(range.start(), Pages.alignUp(range.lengthBytes()));
    if (!UserAddresses.contains(pages) || (pages.isEmpty() && !range.isEmpty())) {
      throw new SyscallException(LinuxErrno.ENOMEM);
    }
    return pages;
  }

  private static long requireMapped(Arguments a) {
    AddressRange range = a.range(0);
    if (!range.isEmpty()) {
      Advising.check(a, Pages.alignDown(range.start()), range.lengthBytes());
    }
    return 0;
  }
}
