/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.Protection;
import org.mm4j.UserAddresses;
import org.mm4j.core.vma.MappedVma;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.VmaFlag;

/**
 * {@code mmap}: shared mappings of memory files.
 *
 * <p>Private and anonymous mappings are ENODEV: this kernel has no anonymous memory yet.
 */
final class MapOperation {
  private static final String CALL = "mmap";
  private static final long OFFSET_END = Long.MAX_VALUE & ~Pages.OFFSET_MASK;

  private final ProcessMemory mm;
  private final MapRequest request;
  private final long length;
  private boolean collapsible;

  MapOperation(ProcessMemory mm, MapRequest request) {
    this.mm = mm;
    this.request = request;
    this.length = Pages.alignUp(request.lengthBytes());
  }

  long run() {
    validate();
    requireFixedAddress();
    requireNothingMapped();
    MappableFile file = sharedFile();
    long may = file.beginMapping(request);
    long address;
    try {
      address = insert(file, may);
    } finally {
      file.endMapping(request, may);
    }
    CollapseEntry.enterIf(collapsible, mm);
    if (request.flags().contains(MapFlag.POPULATE)) {
      populate(address);
    }
    return address;
  }

  private long insert(MappableFile file, long may) {
    long flags = ProtectionBits.of(request.protection()) | VmaFlag.SHARED.bit() | may;
    if (ProtectionBits.notPermitted(flags) != 0) {
      throw refused(Errno.EACCES, flags, "the file does not permit this protection");
    }
    Mapping mapping = file.mapping();
    mm.lockOpen();
    try {
      long address = claim();
      MappedVma mapped =
          mm.layout()
              .insertMerging(
                  new MappedVma(
                      mm,
                      new AddressRange(address, length),
                      mapping,
                      request.offsetBytes() >>> Pages.SHIFT,
                      flags,
                      null));
      collapsible = CollapseEntry.isCandidate(mm, mapped);
      return address;
    } finally {
      mm.mmapLock().unlock();
    }
  }

  private void validate() {
    boolean anonymous = request.flags().contains(MapFlag.ANONYMOUS);
    if (!Pages.isAligned(request.offsetBytes())) {
      throw refused(Errno.EINVAL, request.offsetBytes(), "offset is not page aligned");
    }
    if (request.file() == null && !anonymous) {
      throw refused(Errno.EBADF, -1, "neither a file nor ANONYMOUS");
    }
    if (request.lengthBytes() == 0) {
      throw refused(Errno.EINVAL, 0, "length is 0");
    }
    if (length == 0 || Long.compareUnsigned(length, UserAddresses.END) > 0) {
      throw refused(Errno.ENOMEM, request.lengthBytes(), "longer than all user addresses");
    }
    if (request.offsetBytes() < 0 || request.offsetBytes() > OFFSET_END - length) {
      throw refused(Errno.EOVERFLOW, request.offsetBytes(), "end of the file range overflows");
    }
  }

  private MappableFile sharedFile() {
    boolean shared = request.flags().contains(MapFlag.SHARED);
    boolean anonymous = request.flags().contains(MapFlag.ANONYMOUS);
    if (shared == request.flags().contains(MapFlag.PRIVATE)) {
      throw refused(Errno.EINVAL, 0, "not exactly one of SHARED and PRIVATE");
    }
    if (!shared || anonymous || !(request.file() instanceof MappableFile file)) {
      throw refused(Errno.ENODEV, 0, "only shared mappings of this kernel's files are there");
    }
    return file;
  }

  private void requireFixedAddress() {
    if (!isFixed()) {
      return;
    }
    RangeChecks.requireAligned(CALL, request.hint());
    if (!RangeChecks.contain(request.hint(), length)) {
      throw refused(Errno.ENOMEM, request.hint(), "beyond the user addresses");
    }
    if (Long.compareUnsigned(request.hint(), UserAddresses.LOWEST) < 0) {
      throw refused(Errno.EPERM, request.hint(), "below the lowest user address");
    }
  }

  /** Linux finds the address before it asks the file: what is mapped there comes before a seal. */
  private void requireNothingMapped() {
    if (!request.flags().contains(MapFlag.FIXED_NOREPLACE)) {
      return;
    }
    mm.mmapLock().lockShared();
    try {
      requireFree(new Placement(mm.layout().tree(), mm.hugeBytes()));
    } finally {
      mm.mmapLock().unlockShared();
    }
  }

  private void requireFree(Placement placement) {
    if (!placement.isFree(request.hint(), length)) {
      throw refused(Errno.EEXIST, request.hint(), "something is mapped there");
    }
  }

  private boolean isFixed() {
    return request.flags().contains(MapFlag.FIXED)
        || request.flags().contains(MapFlag.FIXED_NOREPLACE);
  }

  /** Returns free addresses, making them free if that was asked for. The mmap lock is held. */
  private long claim() {
    Placement placement = new Placement(mm.layout().tree(), mm.hugeBytes());
    if (!isFixed()) {
      return placement.find(CALL, request.hint(), length, request.offsetBytes());
    }
    if (request.flags().contains(MapFlag.FIXED_NOREPLACE)) {
      requireFree(placement);
    } else if (!placement.isFree(request.hint(), length)) {
      UnmapOperation.underLock(mm, new AddressRange(request.hint(), length));
    }
    return request.hint();
  }

  private void populate(long address) {
    boolean write = request.protection().contains(Protection.WRITE);
    for (long offset = 0; offset < length; offset += Pages.SIZE_BYTES) {
      if (!mm.populate(address + offset, write)) {
        return; // mmap has succeeded all the same
      }
    }
  }

  private static MemoryException refused(Errno errno, long value, String reason) {
    return new MemoryException(errno, CALL, value, reason);
  }
}
