/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.pagetable;

import org.jspecify.annotations.Nullable;
import org.mm4j.Pages;
import org.mm4j.sync.Slots;

/**
 * The levels above the tables, and how an address is divided among all four:
 *
 * <pre>
 *   47 ............................................... 12 11 ..... 0
 *   | root | middle | directory | table: hugeOrder bits | in page |
 * </pre>
 *
 * <p>A slot of a directory covers one huge page, whatever its size; the levels above share the bits
 * that are left. Directories come by compare-and-set, without a lock, and go with {@link
 * #freeEmpty}.
 */
final class DirectoryTree {
  private final int tableBits;
  private final int directoryShift;
  private final int middleShift;
  private final int rootShift;
  private final int directorySize;
  private final int middleSize;
  private final @Nullable Object[] root;

  DirectoryTree(int hugeOrder) {
    int upperBits = PageTables.ADDRESS_BITS - Pages.SHIFT - hugeOrder;
    int directoryBits = (upperBits + 2) / 3;
    int middleBits = (upperBits - directoryBits + 1) / 2;
    tableBits = hugeOrder;
    directoryShift = Pages.SHIFT + hugeOrder;
    middleShift = directoryShift + directoryBits;
    rootShift = middleShift + middleBits;
    directorySize = 1 << directoryBits;
    middleSize = 1 << middleBits;
    root = new Object[1 << (PageTables.ADDRESS_BITS - rootShift)];
  }

  // ---------------------------------------------------------------- the parts of an address

  /** Returns how many entries a table has. */
  int tableSize() {
    return 1 << tableBits;
  }

  /** Returns how many bytes a slot of a directory covers. */
  long slotBytes() {
    return 1L << directoryShift;
  }

  /** Returns the first address that the slot of an address covers. */
  long slotStart(long address) {
    return alignDown(address, directoryShift);
  }

  /** Returns the slot of an address in its directory. */
  int slot(long address) {
    return (int) (address >>> directoryShift) & (directorySize - 1);
  }

  /** Returns the entry of an address in its table. */
  int tableIndex(long address) {
    return (int) (address >>> Pages.SHIFT) & ((1 << tableBits) - 1);
  }

  private int middleIndex(long address) {
    return (int) (address >>> middleShift) & (middleSize - 1);
  }

  private int rootIndex(long address) {
    return (int) (address >>> rootShift);
  }

  private static long alignDown(long address, int shift) {
    return address >> shift << shift;
  }

  private static long nextBehind(long address, int shift) {
    return alignDown(address, shift) + (1L << shift);
  }

  // ---------------------------------------------------------------- directories

  /** Returns what is in the slot of an address, or null. Takes no lock. */
  @Nullable Object below(long address) {
    Directory directory = find(address);
    return directory == null ? null : directory.get(slot(address));
  }

  /** Returns the directory of an address, or null. Takes no lock. */
  @Nullable Directory find(long address) {
    if (address >>> PageTables.ADDRESS_BITS != 0) {
      return null;
    }
    Object[] middle = (Object[]) load(root, rootIndex(address));
    return middle == null ? null : (Directory) Slots.get(middle, middleIndex(address));
  }

  /** Returns the directory of an address, which is made if there is none. */
  Directory make(long address) {
    while (true) {
      Object[] middle = (Object[]) load(root, rootIndex(address));
      if (middle == null) {
        Slots.compareAndSet(root, rootIndex(address), null, new Object[middleSize]);
        continue;
      }
      Directory directory = (Directory) Slots.get(middle, middleIndex(address));
      if (directory != null) {
        return directory;
      }
      Slots.compareAndSet(middle, middleIndex(address), null, new Directory(directorySize));
    }
  }

  /** Sees a slot, and which part of a range it covers. */
  @FunctionalInterface
  interface SlotVisitor {
    void visit(Directory directory, int slot, long from, long to);
  }

  /** Visits the slots of a range that are not empty. */
  void forEachSlot(long start, long end, SlotVisitor visitor) {
    long address = start;
    while (address < end) {
      Object[] middle = (Object[]) load(root, rootIndex(address));
      if (middle == null) {
        address = nextBehind(address, rootShift);
        continue;
      }
      Directory directory = (Directory) Slots.get(middle, middleIndex(address));
      if (directory == null) {
        address = nextBehind(address, middleShift);
        continue;
      }
      long next = nextBehind(address, directoryShift);
      int slot = slot(address);
      if (directory.get(slot) != null) {
        visitor.visit(directory, slot, address, Math.min(end, next));
      }
      address = next;
    }
  }

  /** Frees the empty directories that cover part of a range. Nobody adds an entry meanwhile. */
  void freeEmpty(long start, long end) {
    long address = start;
    while (address < end) {
      Object[] middle = (Object[]) load(root, rootIndex(address));
      long next = nextBehind(address, rootShift);
      if (middle != null && freeEmptyOf(middle, address, Math.min(end, next))) {
        Slots.set(root, rootIndex(address), null);
      }
      address = next;
    }
  }

  /** Returns whether the level is empty afterwards. */
  private boolean freeEmptyOf(@Nullable Object[] middle, long start, long end) {
    long address = start;
    while (address < end) {
      Directory directory = (Directory) load(middle, middleIndex(address));
      if (directory != null && isEmpty(directory)) {
        Slots.set(middle, middleIndex(address), null);
      }
      address = nextBehind(address, middleShift);
    }
    for (int i = 0; i < middle.length; i++) {
      if (load(middle, i) != null) {
        return false;
      }
    }
    return true;
  }

  private static boolean isEmpty(Directory directory) {
    Directory.LOCK.lock(directory);
    try {
      return directory.isEmpty();
    } finally {
      Directory.LOCK.unlock(directory);
    }
  }

  @SuppressWarnings("NullAway") // Slots.get takes an array whose elements it may find null
  private static @Nullable Object load(@Nullable Object[] slots, int index) {
    return Slots.get(slots, index);
  }
}
