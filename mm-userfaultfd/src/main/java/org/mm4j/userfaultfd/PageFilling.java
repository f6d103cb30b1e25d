/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.userfaultfd;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.FillFlag;
import org.mm4j.FillOutcome;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.spi.FillResult;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageFiller;
import org.mm4j.spi.Vma;

/**
 * COPY and ZEROPAGE: fills missing pages one after the other, and stops at the first that cannot be
 * filled.
 *
 * <p>The mmap lock is held for reading for one page at a time. Between two pages the mapping may
 * change, and is looked up again.
 */
final class PageFilling {
  /** Supplies the content of the pages, in order; called with no lock held. */
  @FunctionalInterface
  interface Source {
    /**
     * Returns what fills the page at an offset from the start of the request.
     *
     * @throws MemoryException EFAULT if the content cannot be read; ESRCH if it is in an address
     *     space that is being closed
     */
    PageFiller at(long offsetBytes);

    /** Returns whether {@link #at} may fault, so that it is not called for nothing. */
    default boolean mayFault() {
      return false;
    }
  }

  /** Why a page was not filled. */
  private enum Refusal {
    EXISTS,
    NOT_REGISTERED,
    BEYOND_END,
    NO_MEMORY,
    GONE
  }

  private final MemoryDescriptor mm;
  private final FaultQueue faults;

  PageFilling(MemoryDescriptor mm, FaultQueue faults) {
    this.mm = mm;
    this.faults = faults;
  }

  /** Fills with the content of a segment. */
  static Source from(MemorySegment source) {
    return offset -> page -> page.copyFrom(source.asSlice(offset, Pages.SIZE_BYTES));
  }

  /** Fills with zeros. */
  static Source zeros() {
    return offset -> page -> page.fill((byte) 0);
  }

  /**
   * Fills a range and wakes the waiters of what it filled.
   *
   * @throws MemoryException EINVAL for a bad range or flag; ENOMEM if there is no memory for the
   *     first page; EFAULT if the content of the first page cannot be read
   */
  FillOutcome fill(String call, AddressRange range, Source source, Set<FillFlag> flags) {
    UffdRange.require(call, range);
    if (flags.contains(FillFlag.WRITE_PROTECT)) {
      return refuseProtection(call, range);
    }
    long done = 0;
    Refusal refusal = null;
    MemoryException unreadable = null;
    while (done < range.lengthBytes() && refusal == null && unreadable == null) {
      AddressRange left = new AddressRange(range.start() + done, range.lengthBytes() - done);
      // Linux, too, faults the source in only when it has found the destination.
      refusal = source.mayFault() ? refusalOf(left) : null;
      if (refusal != null) {
        break;
      }
      try {
        refusal = fillPage(left, source.at(done));
        done += refusal == null ? Pages.SIZE_BYTES : 0;
      } catch (MemoryException e) {
        refusal = mm.isExiting() ? Refusal.GONE : null;
        unreadable = e;
      }
    }
    if (done > 0 && !flags.contains(FillFlag.DONT_WAKE)) {
      faults.wake(new AddressRange(range.start(), done));
    }
    if (done == range.lengthBytes()) {
      return new FillOutcome.Filled(done);
    }
    if (done > 0) {
      return new FillOutcome.Retry(done);
    }
    if (unreadable != null && refusal == null) {
      throw unreadable;
    }
    return outcome(call, range, Objects.requireNonNull(refusal));
  }

  /** No registration is for write protection yet; but first there must be one. */
  private FillOutcome refuseProtection(String call, AddressRange range) {
    Refusal refusal = refusalOf(range);
    if (refusal == Refusal.GONE || refusal == Refusal.NOT_REGISTERED) {
      return outcome(call, range, refusal);
    }
    throw new MemoryException(
        Errno.EINVAL, call, range.start(), "the range is not registered for write protection");
  }

  private static FillOutcome outcome(String call, AddressRange range, Refusal refusal) {
    return switch (refusal) {
      case EXISTS -> new FillOutcome.AlreadyPresent();
      case NOT_REGISTERED -> new FillOutcome.NotRegistered();
      case BEYOND_END -> new FillOutcome.OutOfRange();
      case GONE -> new FillOutcome.Gone();
      case NO_MEMORY ->
          throw new MemoryException(Errno.ENOMEM, call, range.start(), "no memory for the page");
    };
  }

  /** Returns why the first page of what is left would not be filled, whatever the content. */
  private @Nullable Refusal refusalOf(AddressRange left) {
    mm.mmapLock().lockShared();
    try {
      if (mm.isExiting()) {
        return Refusal.GONE;
      }
      if (watchedVma(left) == null) {
        return Refusal.NOT_REGISTERED;
      }
      return mm.entry(left.start()) == MemoryDescriptor.EntryState.HUGE ? Refusal.EXISTS : null;
    } finally {
      mm.mmapLock().unlockShared();
    }
  }

  /** Returns the watched VMA that has all of a range, or null. */
  private @Nullable Vma watchedVma(AddressRange range) {
    Vma vma = mm.findVma(range.start());
    return vma != null && vma.watcher() != null && vma.range().contains(range) ? vma : null;
  }

  /** Fills the first page of what is left; null if it did. */
  private @Nullable Refusal fillPage(AddressRange left, PageFiller filler) {
    mm.mmapLock().lockShared();
    try {
      if (mm.isExiting()) {
        return Refusal.GONE;
      }
      Vma vma = watchedVma(left);
      if (vma == null) {
        return Refusal.NOT_REGISTERED;
      }
      Mapping mapping = Objects.requireNonNull(vma.mapping(), "watched VMAs have files");
      mapping.invalidateLock().lockShared();
      try {
        return fillHole(vma, mapping, left.start(), filler);
      } finally {
        mapping.invalidateLock().unlockShared();
      }
    } finally {
      mm.mmapLock().unlockShared();
    }
  }

  private @Nullable Refusal fillHole(Vma vma, Mapping mapping, long address, PageFiller filler) {
    if (mm.entry(address) != MemoryDescriptor.EntryState.NONE) {
      return Refusal.EXISTS;
    }
    FillResult result = mapping.operations().fill(vma.indexOf(address), mm, filler);
    return switch (result) {
      case FillResult.Filled filled -> {
        Folio folio = filled.folio();
        try {
          // Nobody could map the page at this address before: its folio has been locked since it is
          // there.
          yield mm.install(vma, address, folio) ? null : Refusal.EXISTS;
        } finally {
          folio.unlock();
          folio.put(1);
        }
      }
      case FillResult.Refused.EXISTS -> Refusal.EXISTS;
      case FillResult.Refused.BEYOND_END -> Refusal.BEYOND_END;
      case FillResult.Refused.NO_SPACE -> Refusal.NO_MEMORY;
    };
  }
}
