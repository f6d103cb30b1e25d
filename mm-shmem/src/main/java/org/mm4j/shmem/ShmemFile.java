/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.OptionalLong;
import java.util.Set;
import org.mm4j.MapRequest;
import org.mm4j.Pages;
import org.mm4j.Seal;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.Mapping;
import org.mm4j.sync.WordField;

/**
 * The handle of a memory file. Each call is a user of the inode while it runs, so a close at the
 * same time cannot free the pages under it.
 */
final class ShmemFile implements MappableFile {
  private static final long BLOCKS_PER_PAGE = Pages.SIZE_BYTES / 512;
  private static final WordField CLOSED =
      WordField.of(MethodHandles.lookup(), ShmemFile.class, "closed");

  private final ShmemInode inode;

  @SuppressWarnings("unused") // accessed through CLOSED
  private long closed;

  ShmemFile(ShmemInode inode) {
    this.inode = inode;
  }

  /** Becomes a user of the inode; {@link ShmemInode#release} follows. */
  private void enter() {
    if (CLOSED.getAcquire(this) != 0 || !inode.tryUse()) {
      throw closedException();
    }
  }

  private void checkOpen() {
    if (CLOSED.getAcquire(this) != 0) {
      throw closedException();
    }
  }

  private IllegalStateException closedException() {
    return new IllegalStateException("memory file is closed: " + inode.name());
  }

  @Override
  public Mapping mapping() {
    checkOpen();
    return inode;
  }

  @Override
  public long permittedFlags(MapRequest request) {
    checkOpen();
    return inode.sealing().permittedFlags(request);
  }

  @Override
  public long beginMapping(MapRequest request) {
    enter();
    boolean begun = false;
    try {
      long permitted = inode.sealing().beginMapping(request);
      begun = true;
      return permitted;
    } finally {
      if (!begun) {
        inode.release();
      }
    }
  }

  @Override
  public void endMapping(MapRequest request, long permitted) {
    inode.sealing().endMapping(request, permitted);
    inode.release();
  }

  @Override
  public String name() {
    checkOpen();
    return inode.name();
  }

  @Override
  public long sizeBytes() {
    checkOpen();
    return inode.sizeBytes();
  }

  @Override
  public long blocks() {
    checkOpen();
    return inode.charge().pages() * BLOCKS_PER_PAGE;
  }

  @Override
  public void truncate(long sizeBytes) {
    enter();
    try {
      Truncation.truncate(inode, sizeBytes);
    } finally {
      inode.release();
    }
  }

  @Override
  public void allocate(long offsetBytes, long lengthBytes) {
    enter();
    try {
      Preallocation.allocate(inode, offsetBytes, lengthBytes);
    } finally {
      inode.release();
    }
  }

  @Override
  public void punchHole(long offsetBytes, long lengthBytes) {
    enter();
    try {
      HolePunch.punch(inode, "fallocate", offsetBytes, lengthBytes);
    } finally {
      inode.release();
    }
  }

  @Override
  public OptionalLong seekData(long offsetBytes) {
    enter();
    try {
      return SeekHoleData.data(inode, offsetBytes);
    } finally {
      inode.release();
    }
  }

  @Override
  public OptionalLong seekHole(long offsetBytes) {
    enter();
    try {
      return SeekHoleData.hole(inode, offsetBytes);
    } finally {
      inode.release();
    }
  }

  @Override
  public int read(long offsetBytes, MemorySegment to) {
    enter();
    try {
      return FileIo.read(inode, offsetBytes, to);
    } finally {
      inode.release();
    }
  }

  @Override
  public int write(long offsetBytes, MemorySegment from) {
    enter();
    try {
      return FileIo.write(inode, offsetBytes, from);
    } finally {
      inode.release();
    }
  }

  @Override
  public Set<Seal> seals() {
    checkOpen();
    return inode.sealing().seals();
  }

  @Override
  public void addSeals(Set<Seal> more) {
    enter();
    try {
      inode.sealing().add(more);
    } finally {
      inode.release();
    }
  }

  @Override
  public void close() {
    if (CLOSED.compareAndSet(this, 0, 1)) {
      inode.release();
    }
  }

  @Override
  public String toString() {
    return CLOSED.getAcquire(this) != 0 ? inode + ", closed" : inode.toString();
  }
}
