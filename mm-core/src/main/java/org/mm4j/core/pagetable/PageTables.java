/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.pagetable;

import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;
import org.mm4j.Access;
import org.mm4j.Pages;
import org.mm4j.core.pagetable.Directory.HugeEntry;
import org.mm4j.sync.Sync;
import org.mm4j.sync.WordField;

/**
 * The page tables of one address space: which frame each page of addresses leads to.
 *
 * <p>Four levels: root, middle, directory, table ({@link DirectoryTree} has the upper three). A
 * table has {@code 2^hugeOrder} entries, so that a slot of a directory covers one huge page.
 *
 * <p>{@link #walk}, {@link #translate} and {@link #forEach} take no lock. The methods that add
 * entries need the mmap lock, held at least for reading, and {@link #freeTables} needs it held for
 * writing; the methods that remove or narrow entries take the locks of tables and directories
 * themselves and may be called without the mmap lock, as the reverse map does. An entry that was
 * removed or narrowed may still be in the TLB of a processor: flush next.
 *
 * <p>References and map counts of what the entries lead to are the caller's business.
 */
public final class PageTables {
  /** The number of address bits. */
  public static final int ADDRESS_BITS = 48;

  private static final WordField RESIDENT =
      WordField.of(MethodHandles.lookup(), PageTables.class, "residentPages");
  private static final WordField HUGE_ENTRIES =
      WordField.of(MethodHandles.lookup(), PageTables.class, "hugeEntries");
  private static final WordField TABLES =
      WordField.of(MethodHandles.lookup(), PageTables.class, "tables");

  private final DirectoryTree tree;

  @SuppressWarnings("unused") // accessed through RESIDENT
  private long residentPages;

  @SuppressWarnings("unused") // accessed through HUGE_ENTRIES
  private long hugeEntries;

  @SuppressWarnings("unused") // accessed through TABLES
  private long tables;

  /** What became of a request to take a table away in favour of a huge entry. */
  public enum Detachment {
    /** The table is gone, or there was none; the slot is empty. */
    EMPTY,
    /** The slot holds a huge entry. */
    HUGE,
    /** An entry leads elsewhere; nothing changed. */
    OTHER_PAGES
  }

  /** Creates empty page tables. */
  public PageTables(int hugeOrder) {
    tree = new DirectoryTree(hugeOrder);
  }

  // ---------------------------------------------------------------- reading, lock-free

  /** Returns the entry at an address, the huge entry if there is one, or {@link Entry#NONE}. */
  public long walk(long address) {
    Object below = tree.below(address);
    if (below instanceof LeafTable table) {
      return table.get(tree.tableIndex(address));
    }
    return below instanceof HugeEntry huge ? huge.bits() : Entry.NONE;
  }

  /**
   * Returns the entry at an address if it permits the access, else {@link Entry#NONE}; what a
   * processor does at a miss. For a store, the entry is dirty afterwards.
   */
  public long translate(long address, Access access) {
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      Object below = tree.below(address);
      if (below instanceof LeafTable table) {
        int index = tree.tableIndex(address);
        long entry = table.get(index);
        if (!Entry.permits(entry, access)) {
          return Entry.NONE;
        }
        if (access != Access.WRITE || Entry.isDirty(entry) || table.markDirty(index, entry)) {
          return entry;
        }
      } else {
        long entry = below instanceof HugeEntry huge ? huge.bits() : Entry.NONE;
        return Entry.permits(entry, access) ? entry : Entry.NONE;
      }
    }
  }

  /** Returns whether there is a table, possibly empty, or a huge entry for an address. */
  public boolean hasTable(long address) {
    return tree.below(address) instanceof LeafTable;
  }

  /** Visits the entries of a range in address order; a huge one that overlaps it once. */
  public void forEach(long start, long end, EntryVisitor visitor) {
    tree.forEachSlot(
        start, end, (directory, index, from, to) -> visitSlot(directory, index, from, to, visitor));
  }

  /** Returns how many small pages are mapped, those of huge entries included. */
  public long residentPages() {
    return RESIDENT.getAcquire(this) + HUGE_ENTRIES.getAcquire(this) * tree.tableSize();
  }

  /** Returns how many huge entries there are. */
  public long hugeEntries() {
    return HUGE_ENTRIES.getAcquire(this);
  }

  /** Returns how many tables of the lowest level there are. */
  public long tableCount() {
    return TABLES.getAcquire(this);
  }

  private void visitSlot(Directory directory, int index, long from, long to, EntryVisitor visitor) {
    Object below = directory.get(index);
    if (below instanceof HugeEntry huge) {
      visitor.visit(tree.slotStart(from), huge.bits());
    } else if (below instanceof LeafTable table) {
      for (long address = from; address < to; address += Pages.SIZE_BYTES) {
        long entry = table.get(tree.tableIndex(address));
        if (Entry.isPresent(entry)) {
          visitor.visit(address, entry);
        }
      }
    }
  }

  // ---------------------------------------------------------------- adding

  /**
   * Fills an empty entry, making the tables above it. The mmap lock is held.
   *
   * @return false if the entry, or the huge entry in its place, is not empty
   */
  public boolean mapPage(long address, long entry) {
    Directory directory = tree.make(address);
    int slot = tree.slot(address);
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      Object below = directory.get(slot);
      if (below instanceof HugeEntry) {
        return false;
      }
      LeafTable table = below instanceof LeafTable there ? there : attachTable(directory, slot);
      if (table == null) {
        continue;
      }
      LeafTable.LOCK.lock(table);
      try {
        if (directory.get(slot) != table) {
          continue; // it was retracted before we had its lock
        }
        int index = tree.tableIndex(address);
        if (table.get(index) != Entry.NONE) {
          return false;
        }
        table.fill(index, entry);
      } finally {
        LeafTable.LOCK.unlock(table);
      }
      RESIDENT.getAndAdd(this, 1);
      return true;
    }
  }

  /**
   * Puts a huge entry where there is neither a table nor a huge entry. The mmap lock is held.
   *
   * @return false if there is one
   */
  public boolean mapHuge(long address, long entry) {
    Directory directory = tree.make(address);
    int slot = tree.slot(address);
    Directory.LOCK.lock(directory);
    try {
      if (directory.get(slot) != null) {
        return false;
      }
      directory.set(slot, new HugeEntry(dirtyIfWritable(entry | Entry.HUGE)));
    } finally {
      Directory.LOCK.unlock(directory);
    }
    HUGE_ENTRIES.getAndAdd(this, 1);
    return true;
  }

  private @Nullable LeafTable attachTable(Directory directory, int slot) {
    LeafTable table = new LeafTable(tree.tableSize());
    Directory.LOCK.lock(directory);
    try {
      if (directory.get(slot) != null) {
        return null;
      }
      directory.set(slot, table);
    } finally {
      Directory.LOCK.unlock(directory);
    }
    TABLES.getAndAdd(this, 1);
    return table;
  }

  // ---------------------------------------------------------------- removing and narrowing

  /**
   * Removes the entry at an address if it leads into a folio: a small entry to any of its frames,
   * or the huge entry that leads to it.
   *
   * @return the entry as it was, or {@link Entry#NONE} if it leads elsewhere
   */
  public long clear(long address, long firstFrame, int frameCount) {
    Directory directory = tree.find(address);
    if (directory == null) {
      return Entry.NONE;
    }
    int slot = tree.slot(address);
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      Object below = directory.get(slot);
      if (below instanceof LeafTable table) {
        long cleared = clearPage(directory, slot, table, address, firstFrame, frameCount);
        if (cleared != RETRY) {
          return cleared;
        }
      } else if (below instanceof HugeEntry huge) {
        if (Entry.frame(huge.bits()) != firstFrame) {
          return Entry.NONE;
        }
        if (clearHuge(directory, slot, huge)) {
          return huge.bits();
        }
      } else {
        return Entry.NONE;
      }
    }
  }

  /** No entry looks like this: it is not present. */
  private static final long RETRY = Entry.HUGE;

  private long clearPage(
      Directory directory,
      int slot,
      LeafTable table,
      long address,
      long firstFrame,
      int frameCount) {
    LeafTable.LOCK.lock(table);
    try {
      if (directory.get(slot) != table) {
        return RETRY;
      }
      int index = tree.tableIndex(address);
      long entry = table.get(index);
      long frame = Entry.frame(entry);
      if (!Entry.isPresent(entry) || frame < firstFrame || frame >= firstFrame + frameCount) {
        return Entry.NONE;
      }
      RESIDENT.getAndAdd(this, -1);
      return table.clear(index);
    } finally {
      LeafTable.LOCK.unlock(table);
    }
  }

  private boolean clearHuge(Directory directory, int slot, HugeEntry huge) {
    Directory.LOCK.lock(directory);
    try {
      if (!huge.equals(directory.get(slot))) {
        return false;
      }
      directory.set(slot, null);
    } finally {
      Directory.LOCK.unlock(directory);
    }
    HUGE_ENTRIES.getAndAdd(this, -1);
    return true;
  }

  /**
   * Removes every entry of a range; a huge entry that is only partly in it is removed as a whole,
   * as Linux does with those of files.
   *
   * @param removed sees each entry as it was, under the lock of its table
   */
  public void zap(long start, long end, EntryVisitor removed) {
    tree.forEachSlot(
        start, end, (directory, slot, from, to) -> zapSlot(directory, slot, from, to, removed));
  }

  private void zapSlot(Directory directory, int slot, long from, long to, EntryVisitor removed) {
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      Object below = directory.get(slot);
      if (below instanceof HugeEntry huge) {
        if (clearHuge(directory, slot, huge)) {
          removed.visit(tree.slotStart(from), huge.bits());
          return;
        }
      } else if (!(below instanceof LeafTable table)
          || zapTable(directory, slot, table, from, to, removed)) {
        return;
      }
    }
  }

  private boolean zapTable(
      Directory directory, int slot, LeafTable table, long from, long to, EntryVisitor removed) {
    LeafTable.LOCK.lock(table);
    try {
      if (directory.get(slot) != table) {
        return false;
      }
      int count = 0;
      for (long address = from; address < to && !table.isEmpty(); address += Pages.SIZE_BYTES) {
        int index = tree.tableIndex(address);
        if (table.get(index) != Entry.NONE) {
          removed.visit(address, table.clear(index));
          count++;
        }
      }
      RESIDENT.getAndAdd(this, -count);
      return true;
    } finally {
      LeafTable.LOCK.unlock(table);
    }
  }

  /**
   * Removes the huge entry of which an address is not the first one, if there is one: a border of
   * VMAs is about to come there. Nothing else is removed.
   *
   * @param removed sees the entry as it was
   */
  public void zapHugeAcross(long address, EntryVisitor removed) {
    long base = tree.slotStart(address);
    Directory directory = tree.find(address);
    if (base == address || directory == null) {
      return;
    }
    int slot = tree.slot(address);
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      if (!(directory.get(slot) instanceof HugeEntry huge)) {
        return;
      }
      if (clearHuge(directory, slot, huge)) {
        removed.visit(base, huge.bits());
        return;
      }
    }
  }

  /**
   * Replaces the permissions of every entry of a range. A huge entry that is only partly in it is
   * removed.
   *
   * @param permissions bits of {@link Entry#PERMISSIONS}
   * @param removed sees each entry that was removed
   * @return whether an entry permits less than before, so that a flush is needed
   */
  public boolean permit(long start, long end, long permissions, EntryVisitor removed) {
    boolean[] narrowed = new boolean[1];
    tree.forEachSlot(
        start,
        end,
        (directory, slot, from, to) ->
            narrowed[0] |= permitSlot(directory, slot, from, to, permissions, removed));
    return narrowed[0];
  }

  private boolean permitSlot(
      Directory directory, int slot, long from, long to, long permissions, EntryVisitor removed) {
    boolean whole = to - from == tree.slotBytes();
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      Object below = directory.get(slot);
      if (below instanceof HugeEntry huge) {
        if (whole
            ? permitHuge(directory, slot, huge, permissions)
            : clearHuge(directory, slot, huge)) {
          if (!whole) {
            removed.visit(tree.slotStart(from), huge.bits());
          }
          return !whole || (huge.bits() & Entry.PERMISSIONS & ~permissions) != 0;
        }
      } else if (below instanceof LeafTable table) {
        LeafTable.LOCK.lock(table);
        try {
          if (directory.get(slot) == table) {
            return permitTable(table, from, to, permissions);
          }
        } finally {
          LeafTable.LOCK.unlock(table);
        }
      } else {
        return false;
      }
    }
  }

  private boolean permitTable(LeafTable table, long from, long to, long permissions) {
    boolean narrowed = false;
    for (long address = from; address < to; address += Pages.SIZE_BYTES) {
      int index = tree.tableIndex(address);
      if (table.get(index) != Entry.NONE) {
        long before = table.permit(index, permissions);
        narrowed |= (before & Entry.PERMISSIONS & ~permissions) != 0;
      }
    }
    return narrowed;
  }

  private boolean permitHuge(Directory directory, int slot, HugeEntry huge, long permissions) {
    Directory.LOCK.lock(directory);
    try {
      if (!huge.equals(directory.get(slot))) {
        return false;
      }
      long bits = (huge.bits() & ~Entry.PERMISSIONS) | permissions;
      directory.set(slot, new HugeEntry(dirtyIfWritable(bits)));
      return true;
    } finally {
      Directory.LOCK.unlock(directory);
    }
  }

  // ---------------------------------------------------------------- tables

  /**
   * Frees the table under a slot if it is empty.
   *
   * @return whether there was one, and it is gone: flush next
   */
  public boolean retract(long address) {
    Directory directory = tree.find(address);
    return directory != null && detach(directory, tree.slot(address), 0, null) == Detachment.EMPTY;
  }

  /**
   * Takes away the table that maps exactly the pages of a huge folio, or part of them, so that a
   * huge entry can take its place. The mmap lock is held.
   *
   * @param address aligned to the huge-page size
   * @param firstFrame the folio's first frame
   * @param removed sees each entry that was removed, under the lock of the table
   */
  public Detachment detachMapping(long address, long firstFrame, EntryVisitor removed) {
    Directory directory = tree.find(address);
    return directory == null
        ? Detachment.EMPTY
        : detach(directory, tree.slot(address), firstFrame, new Removal(address, removed));
  }

  private record Removal(long address, EntryVisitor removed) {}

  private Detachment detach(
      Directory directory, int slot, long firstFrame, @Nullable Removal removal) {
    Directory.LOCK.lock(directory);
    try {
      Object below = directory.get(slot);
      if (!(below instanceof LeafTable table)) {
        boolean nothing = below == null && removal != null;
        return nothing ? Detachment.EMPTY : Detachment.HUGE;
      }
      LeafTable.LOCK.lock(table);
      try {
        if (removal == null ? !table.isEmpty() : !mapsOnly(table, firstFrame)) {
          return Detachment.OTHER_PAGES;
        }
        if (removal != null) {
          clearAll(table, removal);
        }
        directory.set(slot, null);
      } finally {
        LeafTable.LOCK.unlock(table);
      }
    } finally {
      Directory.LOCK.unlock(directory);
    }
    TABLES.getAndAdd(this, -1);
    return Detachment.EMPTY;
  }

  private static boolean mapsOnly(LeafTable table, long firstFrame) {
    for (int i = 0; i < table.size(); i++) {
      long entry = table.get(i);
      if (entry != Entry.NONE && Entry.frame(entry) != firstFrame + i) {
        return false;
      }
    }
    return true;
  }

  private void clearAll(LeafTable table, Removal removal) {
    int count = 0;
    for (int i = 0; i < table.size(); i++) {
      if (table.get(i) != Entry.NONE) {
        long address = removal.address() + ((long) i << Pages.SHIFT);
        removal.removed().visit(address, table.clear(i));
        count++;
      }
    }
    RESIDENT.getAndAdd(this, -count);
  }

  /**
   * Frees the empty tables and directories that cover part of a range. The mmap lock is held for
   * writing, so that nobody adds an entry.
   */
  public void freeTables(long start, long end) {
    tree.forEachSlot(start, end, (directory, slot, from, to) -> detach(directory, slot, 0, null));
    tree.freeEmpty(start, end);
  }

  private static long dirtyIfWritable(long entry) {
    return Entry.isWritable(entry) ? entry | Entry.DIRTY : entry;
  }
}
