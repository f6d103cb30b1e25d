/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFileFlag;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.MemoryAudit.FileBook;
import org.mm4j.spi.MemoryFileSource;
import org.mm4j.sync.Counter;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;

/** The stores of one kernel: makes them, and opens their books. Thread-safe. */
final class BlockStores implements MemoryFileSource {
  private static final int LONGEST_NAME_BYTES = 249;

  private final Kernel kernel;
  private final Counter chargedPages = new Counter();
  private final Mutex lock = new Mutex(LockRank.LEAF, "stores");

  /** In order of creation; those that nobody uses go when the next one comes. Guarded by lock. */
  private final List<BlockStore> stores = new ArrayList<>();

  BlockStores(Kernel kernel) {
    this.kernel = kernel;
  }

  @Override
  public MappableFile create(String name, Set<MemoryFileFlag> flags) {
    int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (nameBytes > LONGEST_NAME_BYTES) {
      throw new MemoryException(Errno.EINVAL, "memfd_create", nameBytes, "the name is too long");
    }
    if (flags.contains(MemoryFileFlag.ALLOW_SEALING)) {
      throw new MemoryException(Errno.EINVAL, "memfd_create", 0, "a store cannot be sealed");
    }
    StoreCharge charge =
        new StoreCharge(
            chargedPages,
            kernel.settings().perFileLimitPages(),
            kernel.settings().memoryFileLimitPages());
    BlockStore store = new BlockStore(name, kernel, charge);
    lock.lock();
    try {
      stores.removeIf(old -> !old.isUsed());
      stores.add(store);
    } finally {
      lock.unlock();
    }
    return new StoreHandle(store);
  }

  @Override
  public List<FileBook> audit() {
    List<BlockStore> used;
    lock.lock();
    try {
      used = stores.stream().filter(BlockStore::isUsed).toList();
    } finally {
      lock.unlock();
    }
    return used.stream().map(BlockStores::book).toList();
  }

  private static FileBook book(BlockStore store) {
    return new FileBook(
        store.name(),
        store.sizeBytes(),
        store.pageCache().presentPages(),
        store.charge().pages(),
        store.pageCache().books());
  }
}
