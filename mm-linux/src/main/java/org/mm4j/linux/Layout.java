/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.Pages;
import org.mm4j.Protection;
import org.mm4j.RemapFlag;
import org.mm4j.UserAddresses;
import org.mm4j.linux.AddressBook.Purpose;
import org.mm4j.linux.AddressBook.Use;
import org.mm4j.linux.ffm.SystemCall;
import org.mm4j.linux.ffm.SystemCalls;

/**
 * The calls that change what is mapped: each keeps the book and the kernel in step, and replaces
 * nothing that the space does not own. Thread-safe.
 */
@SuppressWarnings("try") // a use is begun and ended, and often not looked at
final class Layout {
  private final SystemCalls calls;
  private final AddressBook book;

  Layout(SystemCalls calls, AddressBook book) {
    this.calls = calls;
    this.book = book;
  }

  long map(MapRequest request) {
    Set<MapFlag> flags = request.flags();
    AddressRange place = new AddressRange(request.hint(), Pages.alignUp(request.lengthBytes()));
    if (flags.contains(MapFlag.FIXED) || flags.contains(MapFlag.FIXED_NOREPLACE)) {
      requireUser(place, "mmap");
    }
    if (!flags.contains(MapFlag.FIXED) || flags.contains(MapFlag.FIXED_NOREPLACE)) {
      try (Use use = book.begin(new AddressRange(0, 0), Purpose.CALL, "mmap")) {
        return mapAndRecord(request);
      }
    }
    try (Use use = book.begin(place, Purpose.LAYOUT, "mmap")) {
      List<AddressRange> reserved = reserveGaps(use, place, "mmap");
      try {
        long address = mapAndRecord(request);
        book.disarmAll(place);
        return address;
      } catch (MemoryException e) {
        plug(use, reserved);
        throw e;
      }
    }
  }

  private long mapAndRecord(MapRequest request) {
    int protection = MapBits.bits(request.protection());
    MemoryFile file = request.file();
    long result =
        file == null
            ? mmap(request, protection, -1)
            : descriptorOf(file).use(fd -> mmap(request, protection, fd));
    Refusal.check(result, "mmap", request.hint());
    book.add(new AddressRange(result, Pages.alignUp(request.lengthBytes())), protection);
    return result;
  }

  private long mmap(MapRequest request, int protection, int fd) {
    return calls.call(
        SystemCall.MMAP,
        request.hint(),
        request.lengthBytes(),
        protection,
        MapBits.mapBits(request.flags()),
        fd,
        request.offsetBytes());
  }

  private static Descriptor descriptorOf(MemoryFile file) {
    if (file instanceof MemfdFile memfd) {
      return memfd.descriptor();
    }
    throw new MemoryException(Errno.EBADF, "mmap", 0, file + " is a file of another system");
  }

  /** Takes the addresses of a range that are not ours, so that nothing foreign is replaced. */
  private List<AddressRange> reserveGaps(Use use, AddressRange range, String call) {
    Regions gaps = new Regions();
    gaps.put(range, 0);
    use.pieces().forEach(piece -> gaps.remove(piece.range()));
    book.unmappedLater().forEach(gaps::remove);
    List<AddressRange> reserved = new ArrayList<>();
    for (Regions.Region gap : gaps.all()) {
      long result = placeholder(gap.range(), MapBits.MAP_FIXED_NOREPLACE);
      if (result < 0) {
        reserved.forEach(this::munmap);
        throw Refusal.of(result, call, gap.start());
      }
      reserved.add(gap.range());
    }
    return reserved;
  }

  /**
   * Tidies up after a call that was to replace a range and failed: gives back what was reserved,
   * and holds what the call may have unmapped before it failed, since the book calls it ours.
   */
  private void plug(Use use, List<AddressRange> reserved) {
    reserved.forEach(this::munmap);
    for (Regions.Region piece : use.pieces()) {
      if (placeholder(piece.range(), MapBits.MAP_FIXED_NOREPLACE) >= 0) {
        book.add(piece.range(), MapBits.NONE);
      }
    }
  }

  /** Maps nothing: addresses that are taken and cannot be used. */
  private long placeholder(AddressRange range, int how) {
    return calls.call(
        SystemCall.MMAP,
        range.start(),
        range.lengthBytes(),
        MapBits.NONE,
        MapBits.MAP_PRIVATE | MapBits.MAP_ANONYMOUS | MapBits.MAP_NORESERVE | how,
        -1,
        0);
  }

  long munmap(AddressRange range) {
    return calls.call(SystemCall.MUNMAP, range.start(), range.lengthBytes(), 0);
  }

  /**
   * Maps at an address that is congruent to the file offset modulo the alignment. Nothing is
   * populated.
   */
  AddressRange mapAligned(MapRequest request, long alignBytes) {
    long lengthBytes = Pages.alignUp(request.lengthBytes());
    Set<MapFlag> nothing = EnumSet.of(MapFlag.PRIVATE, MapFlag.ANONYMOUS);
    long start = map(new MapRequest(0, lengthBytes + alignBytes, Set.of(), nothing, null, 0));
    AddressRange whole = new AddressRange(start, lengthBytes + alignBytes);
    long shift = (request.offsetBytes() - start) & (alignBytes - 1);
    AddressRange range = new AddressRange(start + shift, lengthBytes);
    Set<MapFlag> flags = EnumSet.of(MapFlag.FIXED);
    flags.addAll(request.flags());
    flags.remove(MapFlag.POPULATE);
    flags.remove(MapFlag.FIXED_NOREPLACE);
    try {
      map(
          new MapRequest(
              range.start(),
              request.lengthBytes(),
              request.protection(),
              flags,
              request.file(),
              request.offsetBytes()));
    } catch (RuntimeException e) {
      unmap(whole);
      throw e;
    }
    trim(AddressRange.between(whole.start(), range.start()));
    trim(AddressRange.between(range.end(), whole.end()));
    return range;
  }

  private void trim(AddressRange surplus) {
    if (!surplus.isEmpty()) {
      unmap(surplus);
    }
  }

  void unmap(AddressRange range) {
    AddressRange pages = pagesOf(range, "munmap");
    if (pages.isEmpty()) {
      throw new MemoryException(Errno.EINVAL, "munmap", 0, "the length is 0");
    }
    try (Use use = book.begin(pages, Purpose.LAYOUT, "munmap")) {
      for (AddressRange run : Regions.runs(use.pieces())) {
        unmapRun(run, use);
      }
    }
  }

  private void unmapRun(AddressRange run, Use use) {
    boolean used = book.remove(run, use);
    long result = used ? placeholder(run, MapBits.MAP_FIXED) : munmap(run);
    if (result < 0) {
      book.restore(use.pieces(), run);
      throw Refusal.of(result, "munmap", run.start());
    }
    book.disarmAll(run);
    if (used) {
      book.unmapLater(run);
    }
  }

  void protect(AddressRange range, Set<Protection> protection) {
    AddressRange pages = pagesOf(range, "mprotect");
    if (pages.isEmpty()) {
      return;
    }
    try (Use use = book.begin(pages, Purpose.LAYOUT, "mprotect")) {
      AddressRange lead = new AddressRange(pages.start(), use.leadingBytes());
      if (!lead.isEmpty()) {
        int bits = MapBits.bits(protection);
        // Refused half-way, some of it may be changed: then nothing is known to be permitted.
        book.add(lead, MapBits.NONE);
        long result = calls.call(SystemCall.MPROTECT, lead.start(), lead.lengthBytes(), bits);
        Refusal.check(result, "mprotect", lead.start());
        book.add(lead, bits);
      }
      if (!use.coversAll()) {
        throw notMapped("mprotect", lead.end());
      }
    }
  }

  long remap(AddressRange old, long newLengthBytes, Set<RemapFlag> flags, long hint) {
    AddressRange from = pagesOf(old, "mremap");
    long length = Pages.alignUp(newLengthBytes);
    if (from.isEmpty() || length <= 0) {
      throw new MemoryException(Errno.EINVAL, "mremap", length, "a length is 0 or too great");
    }
    try (Use use = book.begin(from, Purpose.LAYOUT, "mremap")) {
      if (!use.coversAll()) {
        throw new MemoryException(
            Errno.EFAULT, "mremap", from.start(), "part of the range is not mapped");
      }
      if (!flags.contains(RemapFlag.FIXED)) {
        return remapBooked(use, from, length, flags, null);
      }
      AddressRange to = new AddressRange(hint, length);
      requireUser(to, "mremap");
      if (to.overlaps(from)) {
        throw new MemoryException(Errno.EINVAL, "mremap", hint, "the ranges overlap");
      }
      try (Use target = book.begin(to, Purpose.LAYOUT, "mremap")) {
        List<AddressRange> reserved = reserveGaps(target, to, "mremap");
        try {
          return remapBooked(use, from, length, flags, to);
        } catch (MemoryException e) {
          plug(target, reserved);
          throw e;
        }
      }
    }
  }

  private long remapBooked(
      Use use, AddressRange from, long length, Set<RemapFlag> flags, @Nullable AddressRange to) {
    if (book.remove(from, use)) {
      book.restore(use.pieces(), from);
      throw new MemoryException(
          Errno.EBUSY, "mremap", from.start(), "another call is using the range");
    }
    long address =
        calls.call(
            SystemCall.MREMAP,
            from.start(),
            from.lengthBytes(),
            length,
            MapBits.remapBits(flags),
            to == null ? 0 : to.start(),
            0);
    if (address < 0) {
      book.restore(use.pieces(), from);
      throw Refusal.of(address, "mremap", from.start());
    }
    AddressRange now = new AddressRange(address, length);
    if (to != null) {
      book.disarmAll(to);
    }
    if (address != from.start()) {
      book.armMoved(from, address);
    }
    book.add(now, use.pieces().getLast().bits());
    for (Regions.Region piece : use.pieces()) {
      long start = piece.start() - from.start() + address;
      long pieceLength = Math.min(piece.end() - piece.start(), now.end() - start);
      if (pieceLength > 0) {
        book.add(new AddressRange(start, pieceLength), piece.bits());
      }
    }
    if (flags.contains(RemapFlag.DONT_UNMAP)) {
      book.restore(use.pieces(), from);
    }
    return address;
  }

  /**
   * Returns a range rounded up to whole pages.
   *
   * @throws MemoryException EINVAL if it does not start at a page or lies outside user addresses
   */
  static AddressRange pagesOf(AddressRange range, String call) {
    long length = Pages.alignUp(range.lengthBytes());
    boolean valid =
        Pages.isAligned(range.start())
            && range.start() >= 0
            && length >= 0
            && (length != 0 || range.lengthBytes() == 0)
            && range.start() + length >= 0;
    if (!valid) {
      throw new MemoryException(
          Errno.EINVAL, call, range.start(), "not a range of whole pages of user addresses");
    }
    return new AddressRange(range.start(), length);
  }

  private static void requireUser(AddressRange range, String call) {
    pagesOf(range, call);
    if (range.start() < UserAddresses.LOWEST) {
      throw new MemoryException(
          Errno.EPERM, call, range.start(), "below the lowest address that can be mapped");
    }
  }

  static MemoryException notMapped(String call, long address) {
    return new MemoryException(
        Errno.ENOMEM, call, address, "not mapped through this address space");
  }
}
