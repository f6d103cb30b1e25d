/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.mm4j.Errno;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.Seal;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.WordField;

/**
 * The handle of a store: a memory file that cannot be sealed. Each call is a user of the store
 * while it runs, so a close at the same time cannot free the pages under it.
 */
final class StoreHandle implements MappableFile {
  private static final WordField CLOSED =
      WordField.of(MethodHandles.lookup(), StoreHandle.class, "closed");
  private static final int BYTES_PER_BLOCK = 512;

  private final BlockStore store;

  @SuppressWarnings("unused") // accessed through CLOSED
  private long closed;

  StoreHandle(BlockStore store) {
    this.store = store;
  }

  private BlockStore open() {
    if (CLOSED.getAcquire(this) != 0) {
      throw closedException();
    }
    return store;
  }

  private IllegalStateException closedException() {
    return new IllegalStateException("the store is closed: " + store.name());
  }

  /** Becomes a user of the store; {@link BlockStore#letGo} follows. */
  private BlockStore use() {
    if (!open().tryUse()) {
      throw closedException();
    }
    return store;
  }

  private <T> T call(Function<BlockStore, T> operation) {
    BlockStore used = use();
    try {
      return operation.apply(used);
    } finally {
      used.letGo();
    }
  }

  private void run(Consumer<BlockStore> operation) {
    BlockStore used = use();
    try {
      operation.accept(used);
    } finally {
      used.letGo();
    }
  }

  // ------------------------------------------------------------ mappings

  @Override
  public Mapping mapping() {
    return open();
  }

  @Override
  public long permittedFlags(MapRequest request) {
    open();
    return VmaFlag.MAY_READ.bit() | VmaFlag.MAY_WRITE.bit() | VmaFlag.MAY_EXECUTE.bit();
  }

  @Override
  public long beginMapping(MapRequest request) {
    use();
    return permittedFlags(request);
  }

  @Override
  public void endMapping(MapRequest request, long permitted) {
    store.letGo();
  }

  // ------------------------------------------------------------ a memory file

  @Override
  public String name() {
    return open().name();
  }

  @Override
  public long sizeBytes() {
    return open().sizeBytes();
  }

  @Override
  public long blocks() {
    return open().charge().pages() * (Pages.SIZE_BYTES / BYTES_PER_BLOCK);
  }

  @Override
  public void truncate(long sizeBytes) {
    run(used -> StoreContent.truncate(used, sizeBytes));
  }

  @Override
  public void allocate(long offsetBytes, long lengthBytes) {
    run(used -> StoreContent.allocate(used, offsetBytes, lengthBytes));
  }

  @Override
  public void punchHole(long offsetBytes, long lengthBytes) {
    run(used -> StoreContent.punch(used, "fallocate", offsetBytes, lengthBytes));
  }

  @Override
  public OptionalLong seekData(long offsetBytes) {
    return call(used -> StoreContent.seek(used, offsetBytes, true));
  }

  @Override
  public OptionalLong seekHole(long offsetBytes) {
    return call(used -> StoreContent.seek(used, offsetBytes, false));
  }

  @Override
  public int read(long offsetBytes, MemorySegment to) {
    return call(used -> StoreContent.read(used, offsetBytes, to));
  }

  @Override
  public int write(long offsetBytes, MemorySegment from) {
    return call(used -> StoreContent.write(used, offsetBytes, from));
  }

  /** Returns that there will be no seals, as Linux says of a file that was not made for them. */
  @Override
  public Set<Seal> seals() {
    open();
    return Set.of(Seal.SEAL);
  }

  @Override
  public void addSeals(Set<Seal> more) {
    open();
    throw new MemoryException(Errno.EPERM, "fcntl", more.size(), "a store cannot be sealed");
  }

  @Override
  public void close() {
    if (CLOSED.compareAndSet(this, 0, 1)) {
      store.letGo();
    }
  }
}
