/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.memory;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.MappingView;
import org.mm4j.MemoryFile;
import org.mm4j.Pages;

/**
 * Memory that can be huge: one memory file, mapped once, cut into blocks of the size of a huge
 * page. Every block takes memory only for the pages that were touched, until it is collapsed.
 *
 * <p>Thread-safe, but for {@link #bytes()}, which says so itself. Contents may be read and written
 * while blocks are collapsed.
 */
public final class HugeMemory implements AutoCloseable {
  private final AddressSpace space;
  private final MemoryFile file;
  private final AddressRange range;
  private final long blockBytes;
  private final StoreMemory bytes;
  private final AtomicIntegerArray returns;

  /** Puts together what a {@link Backend} has mapped; the space has nothing else in it. */
  HugeMemory(
      AddressSpace space, MemoryFile file, AddressRange range, long blockBytes, StoreMemory bytes) {
    this.space = space;
    this.file = file;
    this.range = range;
    this.blockBytes = blockBytes;
    this.bytes = bytes;
    this.returns = new AtomicIntegerArray(Math.toIntExact(range.lengthBytes() / blockBytes));
  }

  /** Returns the bytes. */
  public StoreMemory bytes() {
    return bytes;
  }

  /** Returns the size of a block, which is that of a huge page. */
  public long blockBytes() {
    return blockBytes;
  }

  /** Returns how many blocks there are. */
  public int blockCount() {
    return returns.length();
  }

  /** Returns how many small pages a block has. */
  public int pagesPerBlock() {
    return (int) (blockBytes >>> Pages.SHIFT);
  }

  /**
   * Makes a block one huge page now ({@code MADV_COLLAPSE}); fine if it is one. Its holes become
   * memory.
   *
   * @throws org.mm4j.MemoryException EAGAIN, EBUSY, ENOMEM, EINVAL; see {@link
   *     org.mm4j.AddressSpace#advise}
   */
  public void collapse(int block) {
    space.advise(rangeOf(block), Advice.COLLAPSE);
  }

  /** Returns how many small pages of a block take memory ({@code mincore}). */
  public int residentPages(int block) {
    return space.residency(rangeOf(block)).cardinality();
  }

  /**
   * Gives whole pages back: they become holes, which read as zeros, and a huge page that they are
   * part of becomes small ones.
   *
   * @param offset where they begin, a multiple of the page size
   * @param lengthBytes how long they are, likewise
   */
  public void giveBack(long offset, long lengthBytes) {
    file.punchHole(offset, lengthBytes);
    // Afterwards, so that whoever collapses in between tries once too often rather than too rarely.
    for (long block = offset / blockBytes; block * blockBytes < offset + lengthBytes; block++) {
      returns.incrementAndGet((int) block);
    }
  }

  /** Returns how often pages of a block were given back. */
  public int returns(int block) {
    return returns.get(block);
  }

  private AddressRange rangeOf(int block) {
    return new AddressRange(range.start() + block * blockBytes, blockBytes);
  }

  /** Returns what all of it takes now. */
  public Footprint footprint() {
    long hugeBytes = space.mappings().stream().mapToLong(MappingView::hugeBytes).sum();
    // In blocks of 512 bytes, as stat(2) counts.
    return new Footprint(range.lengthBytes(), file.blocks() * 512, hugeBytes);
  }

  /** Gives everything back. */
  @Override
  public void close() {
    space.close();
    file.close();
  }

  /**
   * What some memory takes.
   *
   * @param sizeBytes how large it is
   * @param residentBytes how much of it takes memory ({@code st_blocks} of the file)
   * @param hugeBytes how much of it is mapped by huge translations ({@code smaps})
   */
  public record Footprint(long sizeBytes, long residentBytes, long hugeBytes) {
    /** Returns the share of the resident bytes that is huge, in per cent. */
    public long hugePercent() {
      return residentBytes == 0 ? 0 : 100 * hugeBytes / residentBytes;
    }
  }
}
