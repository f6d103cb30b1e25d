/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFileFlag;
import org.mm4j.core.cache.XArrayPageCache;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.KernelSettings;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.MemoryAudit.FileBook;
import org.mm4j.spi.MemoryFileSource;
import org.mm4j.spi.ReverseMap;
import org.mm4j.sync.Counter;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;

/** The memory files of one kernel: creates them, and knows those that still exist. Thread-safe. */
final class ShmemFiles implements MemoryFileSource {
  /** What Linux leaves of 255 bytes after its prefix. */
  static final int GREATEST_NAME_BYTES = 249;

  private final Kernel kernel;
  private final Function<String, XArrayPageCache> pageCaches;
  private final Function<String, ReverseMap> reverseMaps;
  private final Counter chargedPages = new Counter();
  private final Mutex lock = new Mutex(LockRank.LEAF, "memory files");

  /** By number, thus in order of creation. Guarded by {@link #lock}. */
  private final TreeMap<Long, ShmemInode> inodes = new TreeMap<>();

  /** Guarded by {@link #lock}. */
  private long lastNumber;

  /**
   * Creates the source.
   *
   * @param pageCaches makes the page cache of a file, given its name
   * @param reverseMaps makes its reverse map
   */
  ShmemFiles(
      Kernel kernel,
      Function<String, XArrayPageCache> pageCaches,
      Function<String, ReverseMap> reverseMaps) {
    this.kernel = kernel;
    this.pageCaches = pageCaches;
    this.reverseMaps = reverseMaps;
  }

  @Override
  public MappableFile create(String name, Set<MemoryFileFlag> flags) {
    int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (nameBytes > GREATEST_NAME_BYTES) {
      throw new MemoryException(
          Errno.EINVAL, "memfd_create", nameBytes, "the name is longer than 249 bytes");
    }
    KernelSettings settings = kernel.settings();
    Charge charge =
        new Charge(chargedPages, settings.perFileLimitPages(), settings.memoryFileLimitPages());
    ShmemInode inode =
        new ShmemInode(
            this,
            nextNumber(),
            name,
            kernel,
            charge,
            pageCaches.apply(name),
            reverseMaps.apply(name),
            flags.contains(MemoryFileFlag.ALLOW_SEALING));
    add(inode);
    return new ShmemFile(inode);
  }

  private long nextNumber() {
    lock.lock();
    try {
      return ++lastNumber;
    } finally {
      lock.unlock();
    }
  }

  /** Makes the audit know a file; again changes nothing. */
  void add(ShmemInode inode) {
    lock.lock();
    try {
      inodes.put(inode.number(), inode);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets a file unless somebody uses it again. */
  void forget(ShmemInode inode) {
    lock.lock();
    try {
      if (!inode.isUsed()) {
        inodes.remove(inode.number());
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<FileBook> audit() {
    List<ShmemInode> present;
    lock.lock();
    try {
      present = new ArrayList<>(inodes.values());
    } finally {
      lock.unlock();
    }
    return present.stream().map(ShmemFiles::book).toList();
  }

  private static FileBook book(ShmemInode inode) {
    return new FileBook(
        inode.name(),
        inode.sizeBytes(),
        inode.pageCache().presentPages(),
        inode.charge().pages(),
        inode.pageCache().auditSlots());
  }

  /** Returns the pages charged by all files. */
  long chargedPages() {
    return chargedPages.get();
  }
}
