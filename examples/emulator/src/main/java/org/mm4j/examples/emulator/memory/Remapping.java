/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.memory;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MappingView;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.Protection;
import org.mm4j.RemapFlag;
import org.mm4j.UserAddresses;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/**
 * One {@code mremap}. A mapping of a memory file is moved by the library. Private anonymous memory
 * lies in RAM at its own address, so moving it means copying: the pages that exist, within the RAM
 * file, so that nothing waits in a userfault. What other threads store meanwhile may be lost.
 * Guarded by {@link GuestMemory}'s lock.
 */
final class Remapping {
  private static final int CHUNK_BYTES = 64 << 10;

  private final GuestMemory memory;
  private final AddressRange old;
  private final long newLength;
  private final Set<RemapFlag> flags;
  private final long newAddress;

  Remapping(
      GuestMemory memory, AddressRange old, long newLength, Set<RemapFlag> flags, long newAddress) {
    this.memory = memory;
    this.old = new AddressRange(old.start(), Pages.alignUp(old.lengthBytes()));
    this.newLength = newLength;
    this.flags = flags;
    this.newAddress = newAddress;
  }

  long run() {
    validate();
    Backing backing = memory.map().at(old.start());
    if (backing == null || (!old.isEmpty() && memory.map().behind(old) == null)) {
      throw new SyscallException(LinuxErrno.EFAULT);
    }
    return backing.file().equals(memory.ram()) ? remapRam() : remapFile(backing);
  }

  private void validate() {
    boolean moves = flags.contains(RemapFlag.MAY_MOVE);
    boolean isFixed = flags.contains(RemapFlag.FIXED);
    boolean fits =
        Pages.isAligned(old.start())
            && newLength > 0
            && UserAddresses.contains(old)
            && (!isFixed || moves);
    if (fits && isFixed) {
      AddressRange target = new AddressRange(newAddress, newLength);
      fits =
          Pages.isAligned(newAddress)
              && UserAddresses.contains(target)
              && !(target.overlaps(old) || (old.isEmpty() && target.contains(old.start())));
    }
    if (fits && flags.contains(RemapFlag.DONT_UNMAP)) {
      fits = moves && old.lengthBytes() == newLength;
    }
    if (!fits) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    if (newLength > UserAddresses.END) {
      throw new SyscallException(LinuxErrno.ENOMEM);
    }
  }

  private long remapFile(Backing backing) {
    boolean mayStay = !flags.contains(RemapFlag.FIXED) && !flags.contains(RemapFlag.DONT_UNMAP);
    if (mayStay && !old.isEmpty()) {
      try {
        memory.space().remap(old, newLength, Set.of(), 0);
        keepBooks(backing, old.start());
        return old.start();
      } catch (MemoryException cannotGrow) {
        if (cannotGrow.errno() != Errno.ENOMEM || !flags.contains(RemapFlag.MAY_MOVE)) {
          throw cannotGrow;
        }
      }
    }
    long target = targetOfMove();
    Set<RemapFlag> moveFlags = EnumSet.copyOf(flags);
    moveFlags.add(RemapFlag.FIXED);
    long address = memory.space().remap(old, newLength, moveFlags, target);
    keepBooks(backing, address);
    return address;
  }

  private void keepBooks(Backing backing, long address) {
    if (!old.isEmpty() && !flags.contains(RemapFlag.DONT_UNMAP)) {
      memory.map().remove(old);
    }
    memory
        .map()
        .put(
            new AddressRange(address, newLength),
            new Backing(backing.file(), backing.delta() + old.start() - address));
  }

  private long remapRam() {
    MappingView view = memory.mappingAt(old.start());
    if (old.isEmpty()) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    if (view == null || !view.range().contains(old)) {
      throw new SyscallException(LinuxErrno.EFAULT);
    }
    if (flags.contains(RemapFlag.FIXED) || flags.contains(RemapFlag.DONT_UNMAP)) {
      return moveRam(view.protection());
    }
    if (newLength <= old.lengthBytes()) {
      if (newLength < old.lengthBytes()) {
        memory.unmapPages(AddressRange.between(old.start() + newLength, old.end()));
      }
      return old.start();
    }
    AddressRange more = new AddressRange(old.end(), newLength - old.lengthBytes());
    if (UserAddresses.contains(more) && memory.map().isFree(more)) {
      memory.mapRam(more, view.protection(), false);
      return old.start();
    }
    if (!flags.contains(RemapFlag.MAY_MOVE)) {
      throw new SyscallException(LinuxErrno.ENOMEM);
    }
    return moveRam(view.protection());
  }

  private long moveRam(Set<Protection> protection) {
    AddressRange target = new AddressRange(targetOfMove(), newLength);
    memory.mapRam(target, protection, false);
    copyPages(target.start(), Math.min(old.lengthBytes(), newLength));
    if (flags.contains(RemapFlag.DONT_UNMAP)) {
      memory.punchRam(old);
    } else {
      memory.unmapPages(old);
    }
    return target.start();
  }

  private long targetOfMove() {
    return flags.contains(RemapFlag.FIXED)
        ? memory.place(newAddress, newLength, Placement.FIXED).start()
        : memory.place(0, newLength, Placement.HINT).start();
  }

  private void copyPages(long target, long bytes) {
    long end = old.start() + bytes;
    OptionalLong data = memory.ram().seekData(old.start());
    while (data.isPresent() && data.getAsLong() < end) {
      long from = data.getAsLong();
      long to = Math.min(end, memory.ram().seekHole(from).orElse(end));
      copyBytes(from, target + (from - old.start()), to - from);
      data = memory.ram().seekData(to);
    }
  }

  private void copyBytes(long from, long to, long bytes) {
    MemorySegment buffer = MemorySegment.ofArray(new byte[CHUNK_BYTES]);
    for (long done = 0; done < bytes; done += CHUNK_BYTES) {
      MemorySegment chunk = buffer.asSlice(0, Math.min(CHUNK_BYTES, bytes - done));
      memory.ram().read(from + done, chunk);
      memory.load(to + done, chunk);
    }
  }
}
