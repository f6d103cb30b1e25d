/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.tlb;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.mm4j.Access;
import org.mm4j.FaultSignal;
import org.mm4j.GuestCpu;
import org.mm4j.MemoryAccessException;
import org.mm4j.Pages;
import org.mm4j.core.pagetable.Entry;
import org.mm4j.sync.Sync;

/**
 * A processor with a software TLB.
 *
 * <p>A hit costs one comparison: the page of the access's last byte against the tag in the slot of
 * its first byte. An access that crosses a page can never match, because neighbouring pages have
 * neighbouring slots. Tags are kept per kind of access, so permissions need no check of their own;
 * the data slots share their translations between loads and stores, fetches have slots of their
 * own. While the processor is OUTSIDE its tags are replaced by ones that nothing matches: the hit
 * path need not ask for the state.
 *
 * <p>Behind the page slots are a few slots for huge pages, from which page slots are filled without
 * a walk.
 */
public final class SoftCpu extends GuestCpu {
  private static final int SLOTS = 512;
  private static final int HUGE_SLOTS = 64;
  private static final long PAGE_MASK = -Pages.SIZE_BYTES;

  /** Matches no page, because it is not aligned. */
  private static final long NO_PAGE = -1;

  private static final long[] NOTHING = emptyTags();

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle ALIGNED_INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
  private static final VarHandle ALIGNED_LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  private final ShootdownDomain domain;
  private final TranslationSource source;
  private final Processor processor;
  private final long owner = Sync.threadNumber();
  private final int hugeShift;

  // The TLB proper. A segment and a distance per slot: byte `address` of the page is byte
  // `address + delta` of the segment.
  private final long[] ownReadTags = emptyTags();
  private final long[] ownWriteTags = emptyTags();
  private final long[] ownFetchTags = emptyTags();
  private final MemorySegment[] dataSegments = new MemorySegment[SLOTS];
  private final long[] dataDeltas = new long[SLOTS];
  private final MemorySegment[] codeSegments = new MemorySegment[SLOTS];
  private final long[] codeDeltas = new long[SLOTS];
  private final long[] hugeTags = new long[HUGE_SLOTS];
  private final long[] hugeEntries = new long[HUGE_SLOTS];

  // What accesses look at: the arrays above while INSIDE, NOTHING while OUTSIDE.
  private long[] readTags = NOTHING;
  private long[] writeTags = NOTHING;
  private long[] fetchTags = NOTHING;

  private boolean inside;
  private boolean closed;

  /** What was published last; only this thread stores it. */
  private long seen;

  /** Creates a processor of the calling thread, OUTSIDE. */
  public SoftCpu(ShootdownDomain domain, TranslationSource source) {
    this.domain = domain;
    this.source = source;
    hugeShift = Pages.SHIFT + source.hugeOrder();
    Arrays.fill(hugeTags, NO_PAGE);
    processor = domain.join();
  }

  private static long[] emptyTags() {
    long[] tags = new long[SLOTS];
    Arrays.fill(tags, NO_PAGE);
    return tags;
  }

  // ---------------------------------------------------------------- loads

  @Override
  public byte loadByte(long address) {
    int slot = slotOf(address);
    if (readTags[slot] == (address & PAGE_MASK)) {
      return dataSegments[slot].get(ValueLayout.JAVA_BYTE, address + dataDeltas[slot]);
    }
    return (byte) missedLoad(address, 1, Access.READ);
  }

  @Override
  public short loadShort(long address) {
    int slot = slotOf(address);
    if (readTags[slot] == ((address + 1) & PAGE_MASK)) {
      return dataSegments[slot].get(SHORT, address + dataDeltas[slot]);
    }
    return (short) missedLoad(address, 2, Access.READ);
  }

  @Override
  public int loadInt(long address) {
    int slot = slotOf(address);
    if (readTags[slot] == ((address + 3) & PAGE_MASK)) {
      return dataSegments[slot].get(INT, address + dataDeltas[slot]);
    }
    return (int) missedLoad(address, 4, Access.READ);
  }

  @Override
  public long loadLong(long address) {
    int slot = slotOf(address);
    if (readTags[slot] == ((address + 7) & PAGE_MASK)) {
      return dataSegments[slot].get(LONG, address + dataDeltas[slot]);
    }
    return missedLoad(address, 8, Access.READ);
  }

  @Override
  public short fetchShort(long address) {
    int slot = slotOf(address);
    if (fetchTags[slot] == ((address + 1) & PAGE_MASK)) {
      return codeSegments[slot].get(SHORT, address + codeDeltas[slot]);
    }
    return (short) missedLoad(address, 2, Access.EXECUTE);
  }

  // ---------------------------------------------------------------- stores

  @Override
  public void storeByte(long address, byte value) {
    int slot = slotOf(address);
    if (writeTags[slot] == (address & PAGE_MASK)) {
      dataSegments[slot].set(ValueLayout.JAVA_BYTE, address + dataDeltas[slot], value);
    } else {
      missedStore(address, 1, value);
    }
  }

  @Override
  public void storeShort(long address, short value) {
    int slot = slotOf(address);
    if (writeTags[slot] == ((address + 1) & PAGE_MASK)) {
      dataSegments[slot].set(SHORT, address + dataDeltas[slot], value);
    } else {
      missedStore(address, 2, value);
    }
  }

  @Override
  public void storeInt(long address, int value) {
    int slot = slotOf(address);
    if (writeTags[slot] == ((address + 3) & PAGE_MASK)) {
      dataSegments[slot].set(INT, address + dataDeltas[slot], value);
    } else {
      missedStore(address, 4, value);
    }
  }

  @Override
  public void storeLong(long address, long value) {
    int slot = slotOf(address);
    if (writeTags[slot] == ((address + 7) & PAGE_MASK)) {
      dataSegments[slot].set(LONG, address + dataDeltas[slot], value);
    } else {
      missedStore(address, 8, value);
    }
  }

  // ---------------------------------------------------------------- atomics

  @Override
  public int compareAndExchangeInt(long address, int expected, int value) {
    int slot = slotOf(address);
    if (writeTags[slot] == (address & PAGE_MASK) && (address & 3) == 0) {
      return (int)
          ALIGNED_INT.compareAndExchange(
              dataSegments[slot], address + dataDeltas[slot], expected, value);
    }
    return missedExchangeInt(address, expected, value);
  }

  @Override
  public long compareAndExchangeLong(long address, long expected, long value) {
    int slot = slotOf(address);
    if (writeTags[slot] == (address & PAGE_MASK) && (address & 7) == 0) {
      return (long)
          ALIGNED_LONG.compareAndExchange(
              dataSegments[slot], address + dataDeltas[slot], expected, value);
    }
    return missedExchangeLong(address, expected, value);
  }

  private int missedExchangeInt(long address, int expected, int value) {
    requireAligned(address, 4);
    boolean wasInside = begin(address, 4, Access.WRITE);
    try {
      return compareAndExchangeInt(address, expected, value);
    } finally {
      end(wasInside);
    }
  }

  private long missedExchangeLong(long address, long expected, long value) {
    requireAligned(address, 8);
    boolean wasInside = begin(address, 8, Access.WRITE);
    try {
      return compareAndExchangeLong(address, expected, value);
    } finally {
      end(wasInside);
    }
  }

  private void requireAligned(long address, int size) {
    if ((address & (size - 1)) != 0) {
      exit();
      throw new MemoryAccessException(FaultSignal.BUS_ADRALN, address, Access.WRITE);
    }
  }

  // ---------------------------------------------------------------- misses

  private long missedLoad(long address, int size, Access access) {
    boolean wasInside = begin(address, size, access);
    try {
      boolean code = access == Access.EXECUTE;
      if (crosses(address, size)) {
        return loadBytes(address, size, code);
      }
      return switch (size) {
        case 1 -> loadByte(address);
        case 2 -> code ? fetchShort(address) : loadShort(address);
        case 4 -> loadInt(address);
        default -> loadLong(address);
      };
    } finally {
      end(wasInside);
    }
  }

  private void missedStore(long address, int size, long value) {
    boolean wasInside = begin(address, size, Access.WRITE);
    try {
      if (crosses(address, size)) {
        for (int i = 0; i < size; i++) {
          storeByte(address + i, (byte) (value >>> (8 * i)));
        }
        return;
      }
      switch (size) {
        case 1 -> storeByte(address, (byte) value);
        case 2 -> storeShort(address, (short) value);
        case 4 -> storeInt(address, (int) value);
        default -> storeLong(address, value);
      }
    } finally {
      end(wasInside);
    }
  }

  private long loadBytes(long address, int size, boolean code) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (code ? fetchByte(address + i) : (loadByte(address + i) & 0xFFL)) << (8 * i);
    }
    return value;
  }

  private long fetchByte(long address) {
    int slot = slotOf(address);
    return codeSegments[slot].get(ValueLayout.JAVA_BYTE, address + codeDeltas[slot]) & 0xFFL;
  }

  /**
   * Goes INSIDE with translations for every byte of an access, so that it is done as a whole or not
   * at all. If it throws, the processor is OUTSIDE.
   *
   * @return whether the processor was INSIDE before
   */
  private boolean begin(long address, int size, Access access) {
    requireOwner();
    boolean wasInside = inside;
    long last = address + size - 1;
    while (true) {
      enter();
      long missing;
      if (!holds(address, access)) {
        missing = address;
      } else if (crosses(address, size) && !holds(last, access)) {
        missing = last & PAGE_MASK;
      } else {
        return wasInside;
      }
      exit();
      source.resolve(missing, access);
    }
  }

  private void end(boolean wasInside) {
    if (!wasInside) {
      exit();
    }
  }

  /** Returns whether the TLB has a translation, after filling it if the page tables have one. */
  private boolean holds(long address, Access access) {
    long page = address & PAGE_MASK;
    long[] tags =
        switch (access) {
          case READ -> ownReadTags;
          case WRITE -> ownWriteTags;
          case EXECUTE -> ownFetchTags;
        };
    if (tags[slotOf(address)] == page) {
      return true;
    }
    long entry = hugeEntryFor(address, access);
    if (entry == Entry.NONE) {
      entry = source.translate(address, access);
      if (entry == Entry.NONE) {
        return false;
      }
      if (Entry.isHuge(entry)) {
        int huge = hugeSlotOf(address);
        hugeTags[huge] = address >>> hugeShift;
        hugeEntries[huge] = entry;
      }
    }
    fill(page, source.frameAt(address, entry), access);
    return true;
  }

  private long hugeEntryFor(long address, Access access) {
    int huge = hugeSlotOf(address);
    return hugeTags[huge] == address >>> hugeShift && Entry.permits(hugeEntries[huge], access)
        ? hugeEntries[huge]
        : Entry.NONE;
  }

  private void fill(long page, long frame, Access access) {
    Sync.content(
        access == Access.WRITE ? Sync.ContentAccess.WRITE : Sync.ContentAccess.READ, frame);
    int slot = slotOf(page);
    MemorySegment segment = source.chunkOf(frame);
    long delta = source.offsetInChunk(frame) - page;
    if (access == Access.EXECUTE) {
      codeSegments[slot] = segment;
      codeDeltas[slot] = delta;
      ownFetchTags[slot] = page;
    } else {
      dataSegments[slot] = segment;
      dataDeltas[slot] = delta;
      ownReadTags[slot] = page;
      ownWriteTags[slot] = access == Access.WRITE ? page : NO_PAGE;
    }
  }

  // ---------------------------------------------------------------- states

  @Override
  public long translationGeneration() {
    return seen;
  }

  @Override
  public void enter() {
    if (inside) {
      return;
    }
    if (closed) {
      throw new IllegalStateException("this processor is closed");
    }
    processor.goInside();
    inside = true;
    catchUp(domain.generation());
    readTags = ownReadTags;
    writeTags = ownWriteTags;
    fetchTags = ownFetchTags;
  }

  @Override
  public void exit() {
    if (inside) {
      readTags = NOTHING;
      writeTags = NOTHING;
      fetchTags = NOTHING;
      inside = false;
      processor.goOutside();
    }
  }

  @Override
  public void poll() {
    if (domain.generationOpaque() != seen && inside) {
      catchUp(domain.generation());
    }
  }

  private void catchUp(long generation) {
    if (generation != seen) {
      Arrays.fill(ownReadTags, NO_PAGE);
      Arrays.fill(ownWriteTags, NO_PAGE);
      Arrays.fill(ownFetchTags, NO_PAGE);
      Arrays.fill(hugeTags, NO_PAGE);
      seen = generation;
      processor.publishSeen(generation);
    }
  }

  @Override
  public void outside(Runnable blocking) {
    boolean wasInside = inside;
    exit();
    try {
      blocking.run();
    } finally {
      if (wasInside) {
        enter();
      }
    }
  }

  @Override
  public void close() {
    requireOwner();
    if (!closed) {
      exit();
      closed = true;
      domain.leave(processor);
    }
  }

  private void requireOwner() {
    if (Sync.threadNumber() != owner) {
      throw new IllegalStateException("this processor belongs to another thread");
    }
  }

  private static boolean crosses(long address, int size) {
    return (address & Pages.OFFSET_MASK) > Pages.SIZE_BYTES - size;
  }

  private static int slotOf(long address) {
    return (int) (address >>> Pages.SHIFT) & (SLOTS - 1);
  }

  private int hugeSlotOf(long address) {
    return (int) (address >>> hugeShift) & (HUGE_SLOTS - 1);
  }
}
