/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.util.Set;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
import org.mm4j.Pages;
import org.mm4j.RemapFlag;
import org.mm4j.UserAddresses;
import org.mm4j.core.tlb.CpuTlbBatch;
import org.mm4j.core.vma.MappedVma;
import org.mm4j.spi.VmaFlag;

/**
 * {@code mremap} of shared file mappings: shrinks, grows in place, or moves.
 *
 * <p>Translations are not moved: the new place faults them in from the file. What is moved is not
 * watched by a userfaultfd any more, as Linux has it without EVENT_REMAP. DONT_UNMAP leaves the old
 * range mapped and without translations (Linux permits that for files since 5.13). An old length of
 * 0 maps the same part of the file a second time.
 */
final class RemapOperation {
  private static final String CALL = "mremap";

  private final ProcessMemory mm;
  private final long address;
  private final long oldLength;
  private final long newLength;
  private final Set<RemapFlag> flags;
  private final long target;

  RemapOperation(
      ProcessMemory mm, AddressRange old, long newLengthBytes, Set<RemapFlag> flags, long hint) {
    this.mm = mm;
    this.address = old.start();
    this.oldLength = Pages.alignUp(old.lengthBytes());
    this.newLength = Pages.alignUp(newLengthBytes);
    this.flags = Set.copyOf(flags);
    this.target = hint;
  }

  long run() {
    validate();
    long result;
    boolean candidate;
    mm.lockOpen();
    try {
      MappedVma vma = source();
      if (!is(RemapFlag.FIXED)) {
        result = resize(vma);
      } else if (newLength == oldLength) {
        result = moveEach(vma);
      } else {
        result = moveTo(target);
      }
      MappedVma mapped = mm.layout().tree().find(result);
      candidate = mapped != null && CollapseEntry.isCandidate(mm, mapped);
    } finally {
      mm.mmapLock().unlock();
    }
    CollapseEntry.enterIf(candidate, mm);
    return result;
  }

  private boolean is(RemapFlag flag) {
    return flags.contains(flag);
  }

  private void validate() {
    boolean needsMove = is(RemapFlag.FIXED) || is(RemapFlag.DONT_UNMAP);
    require(!needsMove || is(RemapFlag.MAY_MOVE), 0, "FIXED and DONT_UNMAP need MAY_MOVE");
    require(
        !is(RemapFlag.DONT_UNMAP) || oldLength == newLength,
        newLength,
        "DONT_UNMAP cannot change the length");
    RangeChecks.requireAligned(CALL, address);
    require(
        newLength != 0 && Long.compareUnsigned(newLength, UserAddresses.END) < 0,
        newLength,
        "new length is 0, or longer than all user addresses");
    if (is(RemapFlag.FIXED)) {
      RangeChecks.requireAligned(CALL, target);
      require(
          RangeChecks.contain(target, newLength)
              && Long.compareUnsigned(target, UserAddresses.LOWEST) >= 0,
          target,
          "outside the user addresses");
      boolean apart =
          !RangeChecks.contain(address, oldLength)
              || target + newLength <= address
              || address + oldLength <= target;
      require(apart, target, "old and new range overlap");
    }
  }

  private static void require(boolean valid, long value, String reason) {
    if (!valid) {
      throw new MemoryException(Errno.EINVAL, CALL, value, reason);
    }
  }

  /**
   * Returns the VMA at the address. What is resized lies in it; what stays in place, is cut off, or
   * moves as it is need not, as Linux has it.
   */
  private MappedVma source() {
    MappedVma vma = mm.layout().tree().find(address);
    long kept = oldLength;
    boolean inPlace = !is(RemapFlag.FIXED) && !is(RemapFlag.DONT_UNMAP) && newLength <= oldLength;
    boolean movesSeveral = is(RemapFlag.FIXED) && newLength == oldLength;
    if (inPlace || movesSeveral) {
      kept = 0;
    } else if (newLength < oldLength) {
      kept = newLength;
    }
    // No mapping comes before no length: an address outside the user addresses is EFAULT.
    require(
        vma == null || RangeChecks.contain(address, oldLength),
        oldLength,
        "outside the user addresses");
    if (vma == null || kept > vma.range().end() - address) {
      throw new MemoryException(Errno.EFAULT, CALL, address, "not within one mapping");
    }
    if (Long.compareUnsigned(newLength, oldLength) > 0) {
      long lastPages = PageRange.INDEX_COUNT - vma.indexOf(address);
      require(
          Long.compareUnsigned(newLength >>> Pages.SHIFT, lastPages) <= 0,
          newLength,
          "end of the file range overflows");
    }
    return vma;
  }

  private long resize(MappedVma vma) {
    if (is(RemapFlag.DONT_UNMAP)) {
      return move(place(vma));
    }
    if (Long.compareUnsigned(newLength, oldLength) <= 0) {
      unmap(address + newLength, oldLength - newLength);
      return address;
    }
    if (address + oldLength == vma.range().end() && grow(vma)) {
      return address;
    }
    if (!is(RemapFlag.MAY_MOVE)) {
      throw new MemoryException(Errno.ENOMEM, CALL, newLength, "it cannot grow in place");
    }
    return move(place(vma));
  }

  /** Adds the missing part behind, which merges with the VMA. */
  private boolean grow(MappedVma vma) {
    long end = vma.range().end();
    long more = newLength - oldLength;
    if (!placement().isFree(end, more)) {
      return false;
    }
    AddressRange added = new AddressRange(end, more);
    mm.layout()
        .insertMerging(
            new MappedVma(mm, added, vma.mapping(), vma.endIndex(), vma.flags(), vma.watcher()));
    return true;
  }

  private Placement placement() {
    return new Placement(mm.layout().tree(), mm.hugeBytes());
  }

  private long place(MappedVma vma) {
    return placement().find(CALL, 0, newLength, vma.indexOf(address) << Pages.SHIFT);
  }

  private long moveTo(long place) {
    unmap(place, newLength);
    if (Long.compareUnsigned(newLength, oldLength) < 0) {
      unmap(address + newLength, oldLength - newLength);
    }
    return move(place);
  }

  /**
   * Moves what is mapped of the range, VMA by VMA, with the gaps between them (since Linux 6.17).
   * With several VMAs none may be watched; what was moved before the first that is stays moved.
   */
  private long moveEach(MappedVma first) {
    long end = address + oldLength;
    MappedVma vma = first;
    long start = address;
    while (vma != null && Long.compareUnsigned(start, end) < 0) {
      long length = Math.min(end, vma.range().end()) - start;
      boolean alone = start == address && vma.range().end() >= end;
      if (!alone && vma.watcher() != null) {
        throw new MemoryException(Errno.EFAULT, CALL, start, "one of several mappings is watched");
      }
      long next = start + length;
      long place = target + (start - address);
      unmap(place, length);
      move(start, length, place, length);
      vma = mm.layout().tree().next(next);
      start = vma == null ? end : Math.max(next, vma.range().start());
    }
    return target;
  }

  private long move(long place) {
    long left = Long.compareUnsigned(newLength, oldLength) < 0 ? newLength : oldLength;
    return move(address, left, place, newLength);
  }

  /** Maps the new place first, so that the file does not lose its last VMA in between. */
  private long move(long from, long length, long place, long placeLength) {
    MappedVma vma = mm.layout().tree().find(from); // what was unmapped may have cut it
    if (vma == null) {
      // an old length of 0 lets the new place be the old one, which was just unmapped
      throw new MemoryException(Errno.EFAULT, CALL, from, "the new place replaced the old one");
    }
    mm.layout()
        .insertMerging(
            new MappedVma(
                mm,
                new AddressRange(place, placeLength),
                vma.mapping(),
                vma.indexOf(from),
                vma.flags() & ~VmaFlag.UFFD_BITS,
                null));
    if (is(RemapFlag.DONT_UNMAP)) {
      CpuTlbBatch batch = mm.newBatch();
      mm.zap(new AddressRange(from, length), batch);
      batch.flush();
    } else {
      unmap(from, length);
    }
    return place;
  }

  private void unmap(long start, long length) {
    if (length != 0) {
      UnmapOperation.underLock(mm, new AddressRange(start, length));
    }
  }
}
