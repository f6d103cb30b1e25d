/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.memory;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.MappingView;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.MemoryFileFlag;
import org.mm4j.MemoryStatistics;
import org.mm4j.MemorySystem;
import org.mm4j.Pages;
import org.mm4j.Protection;
import org.mm4j.RemapFlag;
import org.mm4j.UserAddresses;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/**
 * The memory of one guest process: an address space, and the one memory file that is its RAM.
 *
 * <p>The RAM file is sparse and as large as the address space; the byte at address {@code a} of
 * private anonymous memory, the stack, the heap and the program itself is the file's byte at offset
 * {@code a}. So alignment to 2 MiB is the same in both, khugepaged and userfaultfd act on all of
 * it, and memory that is unmapped is given back by punching a hole: the next mapping there reads
 * zeros.
 *
 * <p>Thread-safe.
 */
public final class GuestMemory implements AutoCloseable {
  private static final String RAM_NAME = "guest RAM";

  private final ReentrantLock lock = new ReentrantLock();
  private final MemorySystem system;
  private final AddressSpace space;
  private final MemoryFile ram;
  private final UserMemory user;
  private final boolean advisesHugePages;

  /** Guarded by {@link #lock}. */
  private final AddressMap map = new AddressMap();

  /** Guarded by {@link #lock}. */
  private final ProgramBreak programBreak = new ProgramBreak();

  /**
   * Creates an empty memory.
   *
   * @param advisesHugePages whether private anonymous memory gets MADV_HUGEPAGE from the start, as
   *     with {@code enabled=always}
   */
  public GuestMemory(MemorySystem system, boolean advisesHugePages) {
    this.system = system;
    this.advisesHugePages = advisesHugePages;
    ram = system.createMemoryFile(RAM_NAME, Set.of());
    ram.truncate(UserAddresses.END);
    space = system.newAddressSpace();
    user = new UserMemory(space);
  }

  /** Returns the address space, for processors and what needs no bookkeeping. */
  public AddressSpace space() {
    return space;
  }

  /** Returns the kernel's figures. */
  public MemoryStatistics statistics() {
    return system.statistics();
  }

  /** Returns access for system calls. */
  public UserMemory user() {
    return user;
  }

  /** Creates a memory file for the guest. */
  public MemoryFile createFile(String name, Set<MemoryFileFlag> flags) {
    return system.createMemoryFile(name, flags);
  }

  /** Puts bytes of the program into RAM, mapped or not. */
  public void load(long address, MemorySegment bytes) {
    long length = bytes.byteSize();
    for (long done = 0; done < length; ) {
      int written = ram.write(address + done, bytes.asSlice(done));
      if (written == 0) {
        throw new SyscallException(LinuxErrno.ENOMEM);
      }
      done += written;
    }
  }

  /** Maps private anonymous memory: a piece of RAM, of zeros. */
  public long mapPrivateAnonymous(
      long hint, long length, Set<Protection> protection, Placement placement, boolean populate) {
    return locked(
        () -> {
          AddressRange range = place(hint, length, placement);
          mapRam(range, protection, populate);
          return range.start();
        });
  }

  /** Maps shared anonymous memory: a nameless memory file of its own. */
  public long mapSharedAnonymous(
      long hint, long length, Set<Protection> protection, Placement placement, boolean populate) {
    if (length <= 0 || length > UserAddresses.END) {
      throw new SyscallException(length == 0 ? LinuxErrno.EINVAL : LinuxErrno.ENOMEM);
    }
    try (MemoryFile file = system.createMemoryFile("dev/zero", Set.of())) {
      file.truncate(Pages.alignUp(length));
      return mapFile(file, 0, hint, length, protection, placement, populate);
    }
  }

  /** Maps a memory file, shared. */
  public long mapFile(
      MemoryFile file,
      long offset,
      long hint,
      long length,
      Set<Protection> protection,
      Placement placement,
      boolean populate) {
    if (!Pages.isAligned(offset)) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    return locked(
        () -> {
          AddressRange range = place(hint, length, placement);
          space.map(request(range, protection, populate, file, offset));
          map.put(range, new Backing(file, offset - range.start()));
          return range.start();
        });
  }

  /** Unmaps a range; RAM in it is given back. */
  public void unmap(AddressRange range) {
    locked(
        () -> {
          AddressRange pages = new AddressRange(range.start(), Pages.alignUp(range.lengthBytes()));
          if (!UserAddresses.contains(pages) || pages.isEmpty() || !pages.isPageAligned()) {
            throw new SyscallException(LinuxErrno.EINVAL);
          }
          unmapPages(pages);
          return 0L;
        });
  }

  /** Changes what a range permits. */
  public void protect(AddressRange range, Set<Protection> protection) {
    space.protect(range, protection);
  }

  /**
   * Gives advice. On private anonymous memory DONTNEED drops the content, and REMOVE is EINVAL, as
   * there is no file to be seen.
   */
  public void advise(AddressRange range, Advice advice) {
    switch (advice) {
      case DONTNEED -> drop(range);
      case REMOVE -> remove(range);
      default -> space.advise(range, advice);
    }
  }

  private void drop(AddressRange range) {
    locked(
        () -> {
          try {
            space.advise(range, Advice.DONTNEED);
          } catch (MemoryException failure) {
            if (failure.errno() == Errno.ENOMEM) { // part of it is not mapped: the rest is done
              punchRam(range);
            }
            throw failure;
          }
          punchRam(range);
          return 0L;
        });
  }

  private void remove(AddressRange range) {
    boolean isPrivate = locked(() -> isUser(range) && !ramIn(range).isEmpty());
    if (isPrivate) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    space.advise(range, Advice.REMOVE);
  }

  /** Moves or resizes a mapping ({@code mremap}); private anonymous memory is copied. */
  public long remap(AddressRange old, long newLength, Set<RemapFlag> flags, long newAddress) {
    return locked(
        () -> new Remapping(this, old, Pages.alignUp(newLength), flags, newAddress).run());
  }

  /** Sets the heap's end ({@code brk}), and returns it; a request that fails changes nothing. */
  public long moveBreak(long request) {
    return locked(() -> programBreak.move(this, request));
  }

  /** Says where the heap begins: at the first page after the program. */
  public void startBreakAt(long address) {
    locked(
        () -> {
          programBreak.startAt(address);
          return 0L;
        });
  }

  /** Returns what a futex word at an address is known by. */
  public FutexKey futexKey(long address, boolean isPrivate) {
    if (isPrivate) {
      return new FutexKey(this, address);
    }
    return locked(
        () -> {
          Backing backing = map.at(address);
          return backing == null
              ? new FutexKey(this, address)
              : new FutexKey(backing.file(), address + backing.delta());
        });
  }

  /** Returns the mapping that contains an address, or null. */
  public @Nullable MappingView mappingAt(long address) {
    for (MappingView view : space.mappings()) {
      if (view.range().contains(address)) {
        return view;
      }
    }
    return null;
  }

  /** Ends the memory: blocked faults end. */
  @Override
  public void close() {
    space.close();
    ram.close();
  }

  // What follows is called with the lock held.

  AddressMap map() {
    return map;
  }

  MemoryFile ram() {
    return ram;
  }

  /** Maps RAM where nothing is mapped; it reads zeros. */
  void mapRam(AddressRange range, Set<Protection> protection, boolean populate) {
    space.map(request(range, protection, populate, ram, range.start()));
    map.put(range, new Backing(ram, 0));
    if (advisesHugePages) {
      space.advise(range, Advice.HUGEPAGE);
    }
  }

  /** First nobody can reach the pages, then they go. */
  void unmapPages(AddressRange range) {
    space.unmap(range);
    punchRam(range);
    map.remove(range);
  }

  void punchRam(AddressRange range) {
    if (range.isEmpty() || !isUser(range)) {
      return;
    }
    AddressRange pages = new AddressRange(range.start(), Pages.alignUp(range.lengthBytes()));
    for (AddressRange part : ramIn(pages)) {
      ram.punchHole(part.start(), part.lengthBytes());
    }
  }

  private List<AddressRange> ramIn(AddressRange range) {
    return range.isEmpty() ? List.of() : map.partsShowing(ram, range);
  }

  private static boolean isUser(AddressRange range) {
    return UserAddresses.contains(range);
  }

  /** Decides where a mapping goes, and makes room for it. */
  AddressRange place(long hint, long length, Placement placement) {
    if (length == 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    long bytes = Pages.alignUp(length);
    if (bytes <= 0 || bytes > UserAddresses.END) {
      throw new SyscallException(LinuxErrno.ENOMEM);
    }
    return placement == Placement.HINT
        ? placeNear(Pages.alignUp(hint), bytes)
        : placeAt(hint, bytes, placement);
  }

  private AddressRange placeNear(long hint, long bytes) {
    AddressRange wanted = new AddressRange(hint, bytes);
    if (hint != 0 && isUser(wanted) && map.isFree(wanted)) {
      return wanted;
    }
    long alignment =
        bytes >= MemoryLayout.HUGE_PAGE_BYTES ? MemoryLayout.HUGE_PAGE_BYTES : Pages.SIZE_BYTES;
    long start = map.findGap(bytes, alignment);
    if (start < 0) {
      throw new SyscallException(LinuxErrno.ENOMEM);
    }
    return new AddressRange(start, bytes);
  }

  private AddressRange placeAt(long address, long bytes, Placement placement) {
    if (!Pages.isAligned(address)) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    AddressRange range = new AddressRange(address, bytes);
    if (!isUser(range)) {
      boolean isTooLow = Long.compareUnsigned(address, UserAddresses.LOWEST) < 0;
      throw new SyscallException(isTooLow ? LinuxErrno.EPERM : LinuxErrno.ENOMEM);
    }
    if (!map.isFree(range)) {
      if (placement == Placement.FIXED_NOREPLACE) {
        throw new SyscallException(LinuxErrno.EEXIST);
      }
      unmapPages(range);
    }
    return range;
  }

  private static MapRequest request(
      AddressRange range,
      Set<Protection> protection,
      boolean populate,
      MemoryFile file,
      long offset) {
    Set<MapFlag> flags = EnumSet.of(MapFlag.SHARED, MapFlag.FIXED);
    if (populate) {
      flags.add(MapFlag.POPULATE);
    }
    return new MapRequest(range.start(), range.lengthBytes(), protection, flags, file, offset);
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
