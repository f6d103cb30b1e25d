/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import java.lang.invoke.MethodHandles;
import org.mm4j.Pages;
import org.mm4j.core.cache.XArrayPageCache;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MappingOperations;
import org.mm4j.spi.ReverseMap;
import org.mm4j.sync.Counter;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;
import org.mm4j.sync.SharedLock;
import org.mm4j.sync.WordField;

/**
 * The memory of a memory file, with or without a handle (Linux: the inode and its {@code
 * address_space}).
 *
 * <p>It has users: the handle, each call through the handle, each VMA, each collapse. When the last
 * one goes, its pages are freed.
 */
final class ShmemInode implements Mapping {
  private static final WordField SIZE =
      WordField.of(MethodHandles.lookup(), ShmemInode.class, "sizeBytes");
  private static final WordField USERS =
      WordField.of(MethodHandles.lookup(), ShmemInode.class, "users");

  private final ShmemFiles files;
  private final long number;
  private final String name;
  private final Kernel kernel;
  private final Charge charge;
  private final XArrayPageCache pageCache;
  private final ReverseMap reverseMap;
  private final SharedLock invalidateLock;
  private final Mutex inodeLock;
  private final InodePages pages;
  private final ShmemOperations operations;
  private final Sealing sealing;

  /** VMAs that can store to the file: shared, and MAY_WRITE. */
  private final Counter writableMappings = new Counter();

  /** Written under {@link #inodeLock}, read without. */
  @SuppressWarnings("unused") // accessed through SIZE
  private long sizeBytes;

  @SuppressWarnings("unused") // accessed through USERS
  private long users;

  ShmemInode(
      ShmemFiles files,
      long number,
      String name,
      Kernel kernel,
      Charge charge,
      XArrayPageCache pageCache,
      ReverseMap reverseMap,
      boolean sealable) {
    this.files = files;
    this.number = number;
    this.name = name;
    this.kernel = kernel;
    this.charge = charge;
    this.pageCache = pageCache;
    this.reverseMap = reverseMap;
    this.invalidateLock = new SharedLock(LockRank.INVALIDATE, name);
    this.inodeLock = new Mutex(LockRank.INODE, name);
    this.pages = new InodePages(this);
    this.operations = new ShmemOperations(this);
    this.sealing = new Sealing(this, sealable);
    USERS.setVolatile(this, 1);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public XArrayPageCache pageCache() {
    return pageCache;
  }

  @Override
  public ReverseMap reverseMap() {
    return reverseMap;
  }

  @Override
  public MappingOperations operations() {
    return operations;
  }

  @Override
  public SharedLock invalidateLock() {
    return invalidateLock;
  }

  @Override
  public void hold() {
    use();
  }

  @Override
  public void letGo() {
    release();
  }

  /** Returns its number among the files of the kernel. */
  long number() {
    return number;
  }

  Kernel kernel() {
    return kernel;
  }

  Charge charge() {
    return charge;
  }

  Mutex inodeLock() {
    return inodeLock;
  }

  InodePages pages() {
    return pages;
  }

  Sealing sealing() {
    return sealing;
  }

  Counter writableMappings() {
    return writableMappings;
  }

  // ------------------------------------------------------------ size

  /** Returns the size in bytes now. */
  long sizeBytes() {
    return SIZE.getAcquire(this);
  }

  /** Sets the size, ordered before every later look at the page cache. The inode lock is held. */
  void setSizeBytes(long bytes) {
    SIZE.setVolatile(this, bytes);
  }

  /** Returns the index after the last page of the file. */
  long endIndex() {
    // The sum may pass 2^63, which the unsigned shift takes for what it is.
    return (sizeBytes() + Pages.OFFSET_MASK) >>> Pages.SHIFT;
  }

  // ------------------------------------------------------------ users

  /** Returns whether anybody uses it. */
  boolean isUsed() {
    return USERS.getAcquire(this) != 0;
  }

  /** Becomes a user if there is one already. */
  boolean tryUse() {
    while (true) {
      long before = USERS.getAcquire(this);
      if (before == 0) {
        return false;
      }
      if (USERS.compareAndSet(this, before, before + 1)) {
        return true;
      }
    }
  }

  /**
   * Becomes a user. If the last handle was closed while a mapping was being made, the file lives
   * again, empty.
   */
  void use() {
    if (USERS.getAndAdd(this, 1) == 0) {
      files.add(this);
    }
  }

  /** Stops being a user; the last one frees the pages. */
  void release() {
    if (USERS.getAndAdd(this, -1) == 1) {
      PageRemoval.removeAll(this);
      files.forget(this);
    }
  }

  @Override
  public String toString() {
    return "memory file " + name + " of " + sizeBytes() + " bytes";
  }
}
