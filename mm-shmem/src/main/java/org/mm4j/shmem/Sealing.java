/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import java.lang.invoke.MethodHandles;
import java.util.EnumSet;
import java.util.Set;
import org.mm4j.Errno;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
import org.mm4j.Protection;
import org.mm4j.Seal;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.Sync;
import org.mm4j.sync.WordField;

/** The seals of one file: who may still write, grow, shrink, map and seal it. */
final class Sealing {
  private static final String CALL = "fcntl";
  private static final int PIN_CHECKS = 5;
  private static final long FIRST_PAUSE_NANOS = 5_000_000;
  private static final long MAY_ANYTHING =
      VmaFlag.MAY_READ.bit() | VmaFlag.MAY_WRITE.bit() | VmaFlag.MAY_EXECUTE.bit();
  private static final WordField BITS = WordField.of(MethodHandles.lookup(), Sealing.class, "bits");

  private final ShmemInode inode;

  /** Written under the inode lock, read without. */
  @SuppressWarnings("unused") // accessed through BITS
  private long bits;

  Sealing(ShmemInode inode, boolean sealable) {
    this.inode = inode;
    BITS.setVolatile(this, sealable ? 0 : Seal.SEAL.bit());
  }

  /** Returns the seals now. */
  Set<Seal> seals() {
    Set<Seal> seals = EnumSet.noneOf(Seal.class);
    for (Seal seal : Seal.values()) {
      if (has(seal)) {
        seals.add(seal);
      }
    }
    return seals;
  }

  private boolean has(Seal seal) {
    return (BITS.getAcquire(this) & seal.bit()) != 0;
  }

  /** Throws EPERM if something applies that a seal forbids. */
  void check(boolean applies, Seal seal, String call, long value) {
    if (applies && has(seal)) {
      throw new MemoryException(Errno.EPERM, call, value, "the file is sealed: " + seal);
    }
  }

  /** Throws EPERM if the content is sealed. */
  void checkWrite(String call, long value) {
    check(true, Seal.WRITE, call, value);
    check(true, Seal.FUTURE_WRITE, call, value);
  }

  /** Returns whether the content is sealed. */
  boolean forbidsWrite() {
    return has(Seal.WRITE) || has(Seal.FUTURE_WRITE);
  }

  /** Returns whether the file must not grow. */
  boolean forbidsGrowth() {
    return has(Seal.GROW);
  }

  /** Returns the MAY_* bits that a mapping may have. */
  long permittedFlags(MapRequest request) {
    if (!request.flags().contains(MapFlag.SHARED) || !forbidsWrite()) {
      return MAY_ANYTHING;
    }
    if (request.protection().contains(Protection.WRITE)) {
      throw new MemoryException(
          Errno.EPERM, "mmap", request.offsetBytes(), "the file is sealed against writing");
    }
    return MAY_ANYTHING & ~VmaFlag.MAY_WRITE.bit();
  }

  /**
   * Permits a mapping as {@link #permittedFlags} does, and counts it as a writable one, so that no
   * seal comes between the permission and the VMA; takes the inode lock.
   */
  long beginMapping(MapRequest request) {
    inode.inodeLock().lock();
    try {
      long permitted = permittedFlags(request);
      if (storesToFile(request, permitted)) {
        inode.writableMappings().add(1);
      }
      return permitted;
    } finally {
      inode.inodeLock().unlock();
    }
  }

  /** Ends what {@link #beginMapping} began; the VMA, if there is one, is counted by itself. */
  void endMapping(MapRequest request, long permitted) {
    if (storesToFile(request, permitted)) {
      inode.writableMappings().add(-1);
    }
  }

  private static boolean storesToFile(MapRequest request, long permitted) {
    return request.flags().contains(MapFlag.SHARED) && (permitted & VmaFlag.MAY_WRITE.bit()) != 0;
  }

  /** Adds seals; takes the inode lock. */
  void add(Set<Seal> more) {
    long added = 0;
    for (Seal seal : more) {
      added |= seal.bit();
    }
    inode.inodeLock().lock();
    try {
      check(true, Seal.SEAL, CALL, added);
      if (more.contains(Seal.WRITE) && !has(Seal.WRITE)) {
        requireNoWriter();
      }
      BITS.getAndSetBits(this, added);
    } finally {
      inode.inodeLock().unlock();
    }
  }

  private void requireNoWriter() {
    long mappings = inode.writableMappings().get();
    if (mappings != 0) {
      throw new MemoryException(
          Errno.EBUSY, CALL, mappings, "the file has mappings that may become writable");
    }
    for (int i = 1; isPinned(); i++) {
      if (i == PIN_CHECKS) {
        throw new MemoryException(Errno.EBUSY, CALL, 0, "pages of the file are pinned");
      }
      Sync.pause(FIRST_PAUSE_NANOS << (i - 1));
    }
  }

  /**
   * Returns whether a page has references that neither the page cache nor a translation explains:
   * host I/O may still write to it. References in passing look the same, hence the repetition.
   */
  private boolean isPinned() {
    boolean[] pinned = {false};
    inode
        .pageCache()
        .scan(
            new PageRange(0, PageRange.INDEX_COUNT),
            (index, entry) -> {
              pinned[0] = isPinned(entry);
              return !pinned[0];
            });
    return pinned[0];
  }

  private static boolean isPinned(PageCacheEntry entry) {
    return entry instanceof Folio folio
        && folio.references() > folio.pageCount() + folio.mapCount() + 1;
  }
}
