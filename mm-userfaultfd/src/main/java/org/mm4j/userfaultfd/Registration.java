/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.userfaultfd;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.UffdMode;
import org.mm4j.UffdOperation;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.Fences;

/**
 * REGISTER, UNREGISTER and release: which VMAs a userfaultfd watches. The registration itself is
 * nothing but the flags and the watcher of the VMAs; there is no second list of ranges that could
 * disagree.
 */
final class Registration {
  /** What a shmem range registered MISSING supports: 0x13c in Linux, less what is not there yet. */
  private static final Set<UffdOperation> MISSING_OPERATIONS =
      Set.of(UffdOperation.WAKE, UffdOperation.COPY, UffdOperation.ZEROPAGE);

  private final MemoryDescriptor mm;
  private final UserfaultContext context;

  Registration(MemoryDescriptor mm, UserfaultContext context) {
    this.mm = mm;
    this.context = context;
  }

  /** Watches a range. All VMAs are checked before any is changed. */
  Set<UffdOperation> register(AddressRange range, Set<UffdMode> modes) {
    String call = "UFFDIO_REGISTER";
    if (modes.isEmpty()) {
      throw new MemoryException(Errno.EINVAL, call, 0, "no mode");
    }
    for (UffdMode mode : modes) {
      if (mode != UffdMode.MISSING) {
        throw new MemoryException(
            Errno.EINVAL, call, mode.bit(), mode + " is not supported by this kernel");
      }
    }
    UffdRange.require(call, range);
    mm.mmapLock().lock();
    try {
      if (mm.isExiting()) {
        throw new MemoryException(Errno.ENOMEM, call, range.start(), "the address space is gone");
      }
      List<Vma> vmas = intersecting(call, range);
      for (Vma vma : vmas) {
        requireWatchable(call, vma);
      }
      for (Vma vma : vmas) {
        long wanted = VmaFlag.UFFD_MISSING.bit();
        // A registration that asks for nothing new changes nothing, as in Linux.
        if (vma.watcher() != context || (vma.flags() & wanted) != wanted) {
          mm.arm(vma, vma.range().intersection(range), context, wanted);
        }
      }
      publish();
      return EnumSet.copyOf(MISSING_OPERATIONS);
    } finally {
      mm.mmapLock().unlock();
    }
  }

  /**
   * Orders the flags before everything the caller looks at from now on.
   *
   * <p>The collapse stores placeholders into the holes and then reads the flags; we store the flags
   * and then look for holes. Either it sees our flags and refuses, or we see its placeholders and
   * wait. A release of the mmap lock does not give that (a store may pass a later load), nor did
   * the write barrier that the seed had here, which orders stores among themselves; it takes a full
   * fence on both sides. The other one is in the {@code linux} strategy. Linux gets this one by
   * accident, from the atomic in {@code mmput}.
   */
  private static void publish() {
    Fences.full();
  }

  /** Stops watching a range and wakes who waits in it. */
  void unregister(AddressRange range) {
    String call = "UFFDIO_UNREGISTER";
    UffdRange.require(call, range);
    mm.mmapLock().lock();
    try {
      if (mm.isExiting()) {
        throw new MemoryException(Errno.ENOMEM, call, range.start(), "the address space is gone");
      }
      List<Vma> vmas = intersecting(call, range);
      for (Vma vma : vmas) {
        requireCompatible(call, vma);
        if (vma.watcher() != null && vma.watcher() != context) {
          throw new MemoryException(
              Errno.EINVAL, call, vma.range().start(), "another userfaultfd watches this mapping");
        }
      }
      for (Vma vma : vmas) {
        if (vma.watcher() == context) {
          AddressRange part = vma.range().intersection(range);
          mm.arm(vma, part, null, 0);
          context.faults().wake(part);
        }
      }
    } finally {
      mm.mmapLock().unlock();
    }
  }

  /** Disarms every VMA. */
  void release() {
    mm.mmapLock().lock();
    try {
      if (mm.isExiting()) {
        return;
      }
      for (Vma vma : watched()) {
        mm.arm(vma, vma.range(), null, 0);
      }
    } finally {
      mm.mmapLock().unlock();
    }
  }

  /** Returns the VMAs this userfaultfd watches, in address order. Needs the mmap lock. */
  List<Vma> watched() {
    List<Vma> watched = new ArrayList<>();
    for (Vma vma = mm.nextVma(0); vma != null; vma = mm.nextVma(vma.range().end())) {
      if (vma.watcher() == context) {
        watched.add(vma);
      }
    }
    return watched;
  }

  private List<Vma> intersecting(String call, AddressRange range) {
    List<Vma> vmas = new ArrayList<>();
    for (Vma vma = mm.nextVma(range.start());
        vma != null && vma.range().overlaps(range);
        vma = mm.nextVma(vma.range().end())) {
      vmas.add(vma);
    }
    if (vmas.isEmpty()) {
      throw new MemoryException(Errno.EINVAL, call, range.start(), "nothing is mapped there");
    }
    return vmas;
  }

  private void requireWatchable(String call, Vma vma) {
    requireCompatible(call, vma);
    if (!vma.has(VmaFlag.MAY_WRITE)) {
      throw new MemoryException(
          Errno.EPERM, call, vma.range().start(), "the mapping could never be written");
    }
    if (vma.watcher() != null && vma.watcher() != context) {
      throw new MemoryException(
          Errno.EBUSY, call, vma.range().start(), "another userfaultfd watches this mapping");
    }
  }

  private static void requireCompatible(String call, Vma vma) {
    Mapping mapping = vma.mapping();
    if (mapping == null || !mapping.operations().fillsHoles()) {
      throw new MemoryException(
          Errno.EINVAL, call, vma.range().start(), "this kind of mapping cannot be watched");
    }
  }
}
