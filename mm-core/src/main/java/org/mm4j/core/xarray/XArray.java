/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

import java.lang.invoke.MethodHandles;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.spi.Placeholder;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.RefField;
import org.mm4j.sync.Slots;
import org.mm4j.sync.Sync;
import org.mm4j.sync.WordField;

/**
 * A sparse array of entries by index, 0 to 2<sup>63</sup>-1, for many readers without a lock and
 * one writer at a time (Linux: {@code struct xarray}). The package's page has the picture.
 *
 * <p>This class is the safe tier: its methods lock by themselves, or need no lock. What must happen
 * in one hold of the lock is done through a {@link #cursor}.
 *
 * @param <E> the entries; not {@code Object[]}
 */
public final class XArray<E> {
  /** What a lock-free reader starts over at; {@link #peek} may return it. */
  public static final Object RETRY = Placeholder.INSTANCE;

  /** The greatest order of an entry. */
  public static final int MAX_ORDER = 62;

  private static final int MAX_CHUNK_SHIFT = 6;

  private static final WordField STATE =
      WordField.of(MethodHandles.lookup(), XArray.class, "state");
  private static final BitLock LOCK = new BitLock(STATE, 1, 2, LockRank.PAGE_CACHE);

  private static final RefField<Object> HEAD =
      RefField.of(MethodHandles.lookup(), XArray.class, "head", Object.class);

  private final String name;
  private final int chunkShift;
  private final int slotMask;
  private final NodeAllocator allocator;
  private final TreeWriter writer = new TreeWriter(this);

  @SuppressWarnings("unused") // accessed through STATE
  private long state;

  /** Null, an entry (that of index 0), or a node. Read without the lock. */
  @SuppressWarnings("unused") // accessed through HEAD
  private @Nullable Object head;

  /** The {@code headBit} of each mark that some entry has. Guarded by the lock. */
  int headMarks;

  /** Live slots that hold the retry entry. Guarded by the lock. */
  int placeholders;

  /** Nodes in the tree. Guarded by the lock. */
  long nodes;

  /** Creates an empty array whose nodes have 64 slots, with nodes from the Java heap. */
  public XArray() {
    this("xarray", MAX_CHUNK_SHIFT, NodeAllocator.HEAP);
  }

  /**
   * Creates an empty array.
   *
   * @param name what it is called in reports
   * @param chunkShift the binary logarithm of the slots of a node, 1 to 6
   * @param allocator where its nodes come from
   */
  public XArray(String name, int chunkShift, NodeAllocator allocator) {
    if (chunkShift < 1 || chunkShift > MAX_CHUNK_SHIFT) {
      throw new IllegalArgumentException("chunk shift " + chunkShift + " is not 1 to 6");
    }
    this.name = name;
    this.chunkShift = chunkShift;
    this.slotMask = (1 << chunkShift) - 1;
    this.allocator = allocator;
  }

  // ---------------------------------------------------------------- readers, no lock

  /**
   * Returns the entry at an index, waiting over placeholders. Takes no lock.
   *
   * @return null if there is none, or a reserved one
   */
  @SuppressWarnings("unchecked") // only E, Reserved and internal entries are stored
  public @Nullable E load(long index) {
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      Object entry = peek(index);
      if (!isRetry(entry)) {
        return (E) entry;
      }
    }
  }

  /**
   * Descends once from the head. Takes no lock, allocates nothing.
   *
   * @return an entry; null; or {@link #RETRY}: there is a placeholder or the tree changed
   *     meanwhile, so the caller starts over
   */
  public @Nullable Object peek(long index) {
    Object entry = HEAD.get(this);
    if (entry == null || !Node.isNode(entry)) {
      return index == 0 ? visible(entry) : null;
    }
    Object[] slots = (Object[]) entry;
    int shift = ((Node) slots[slotMask + 1]).shift;
    return index >>> shift > slotMask ? null : peekBelow(slots, shift, index);
  }

  /** Goes on with a descent in a node, which may have been detached since the reader got there. */
  @Nullable Object peekBelow(Object[] node, int nodeShift, long index) {
    Object[] slots = node;
    int shift = nodeShift;
    while (true) {
      int slot = (int) (index >>> shift) & slotMask;
      Object entry = Slots.get(slots, slot);
      if (entry == null || !Node.isNode(entry)) {
        return entry instanceof Sibling sibling ? follow(slots, slot, sibling) : visible(entry);
      }
      slots = (Object[]) entry;
      shift -= chunkShift;
    }
  }

  /** Returns the entry that a sibling stands for, or RETRY if the slot changed meanwhile. */
  static @Nullable Object follow(Object[] slots, int slot, Sibling sibling) {
    // A writer that puts a larger entry over ours turns our canonical slot into a sibling of its
    // own before it comes to our slot; hence the loop.
    Object entry = sibling;
    while (entry instanceof Sibling next) {
      entry = Slots.get(slots, next.canonicalSlot());
    }
    if (Slots.get(slots, slot) != sibling || (entry != null && Node.isNode(entry))) {
      return RETRY;
    }
    return visible(entry);
  }

  static boolean isRetry(@Nullable Object entry) {
    return entry == Placeholder.INSTANCE;
  }

  static @Nullable Object visible(@Nullable Object entry) {
    return entry == Reserved.ENTRY ? null : entry;
  }

  /** Returns a lock-free iteration over a closed interval, for one thread. */
  public XArrayScan<E> scan(long firstIndex, long lastIndex) {
    return new XArrayScan<>(this, checked(firstIndex), checked(lastIndex));
  }

  /**
   * Sees the entries of a closed interval in index order, each multi-index entry once, without a
   * lock. What is stored or erased meanwhile may or may not be seen.
   */
  public void forEach(long firstIndex, long lastIndex, EntryVisitor<? super E> visitor) {
    XArrayScan<E> scan = scan(firstIndex, lastIndex);
    while (scan.next()) {
      if (!visitor.visit(scan.index(), scan.entry())) {
        return;
      }
    }
  }

  /** Returns whether the array has no node and no entry. */
  public boolean isEmpty() {
    return HEAD.get(this) == null;
  }

  @Override
  public String toString() {
    return name;
  }

  // ---------------------------------------------------------------- safe tier, takes the lock

  /** Returns a cursor, unlocked; owned by the calling thread. */
  public XArrayCursor<E> cursor() {
    return new XArrayCursor<>(this);
  }

  /**
   * Stores an entry of order 0; a larger entry that covers the index is replaced as a whole.
   *
   * @return what was there
   * @throws MemoryException ENOMEM if there is no memory; nothing changed
   */
  public @Nullable E store(long index, E entry) {
    return store(index, 0, entry);
  }

  /**
   * Stores an entry over all indices of the aligned range that contains the index.
   *
   * @param order the binary logarithm of its indices, 0 to {@link #MAX_ORDER}
   * @return what was at the index
   * @throws MemoryException ENOMEM if there is no memory; nothing changed
   */
  public @Nullable E store(long index, int order, E entry) {
    XArrayCursor<E> cursor = cursor();
    cursor.lock();
    try {
      E before = cursor.load(index);
      require(cursor.store(index, order, entry), index);
      return before;
    } finally {
      cursor.unlock();
    }
  }

  /**
   * Stores an entry if none of its indices has one, not even a reserved one.
   *
   * @return whether it was stored
   * @throws MemoryException ENOMEM if there is no memory; nothing changed
   */
  public boolean insert(long index, int order, E entry) {
    XArrayCursor<E> cursor = cursor();
    cursor.lock();
    try {
      long first = firstOf(index, order);
      if (cursor.anyEntry(first, first + (1L << order) - 1)) {
        return false;
      }
      require(cursor.store(index, order, entry), index);
      return true;
    } finally {
      cursor.unlock();
    }
  }

  /**
   * Replaces the entry at an index, on all its indices, if it is the expected one.
   *
   * @param expected null for none
   * @param entry null to erase
   * @return what was there; the replacement took place if it is {@code expected}
   * @throws MemoryException ENOMEM if there is no memory; nothing changed
   */
  @SuppressWarnings("ReferenceEquality") // this very entry, as in Linux
  public @Nullable E compareAndExchange(long index, @Nullable E expected, @Nullable E entry) {
    XArrayCursor<E> cursor = cursor();
    cursor.lock();
    try {
      E before = cursor.load(index);
      if (before == expected) {
        if (entry == null) {
          cursor.erase(index);
        } else {
          require(cursor.store(index, 0, entry), index);
        }
      }
      return before;
    } finally {
      cursor.unlock();
    }
  }

  /** Erases the entry at an index, on all its indices, and returns it. */
  public @Nullable E erase(long index) {
    XArrayCursor<E> cursor = cursor();
    cursor.lock();
    try {
      return cursor.erase(index);
    } finally {
      cursor.unlock();
    }
  }

  /** Erases every entry that has an index in a closed interval, and frees nodes kept in reserve. */
  public void eraseRange(long firstIndex, long lastIndex) {
    XArrayCursor<E> cursor = cursor();
    cursor.lock();
    try {
      cursor.eraseRange(firstIndex, lastIndex);
    } finally {
      cursor.unlock();
    }
  }

  /**
   * Takes an index, if nothing is there, so that a later store needs no memory ({@code
   * xa_reserve}). It reads as empty and refuses {@link #insert}.
   *
   * @throws MemoryException ENOMEM if there is no memory; nothing changed
   */
  public void reserve(long index) {
    lock();
    try {
      if (writer.find(checked(index)) == null) {
        require(writer.store(index, 0, Reserved.ENTRY), index);
      }
    } finally {
      unlock();
    }
  }

  /** Gives a reserved index back if nothing was stored there ({@code xa_release}). */
  public void release(long index) {
    lock();
    try {
      if (writer.find(checked(index)) == Reserved.ENTRY) {
        writer.erase(index);
      }
    } finally {
      unlock();
    }
  }

  /** Returns the order of the entry at an index, 0 if there is none. */
  public int order(long index) {
    XArrayCursor<E> cursor = cursor();
    cursor.lock();
    try {
      return cursor.order(index);
    } finally {
      cursor.unlock();
    }
  }

  /** Sets a mark of the entry at an index, if there is one. */
  public void setMark(long index, XArrayMark mark) {
    XArrayCursor<E> cursor = cursor();
    cursor.lock();
    try {
      cursor.setMark(index, mark);
    } finally {
      cursor.unlock();
    }
  }

  /** Clears a mark of the entry at an index. */
  public void clearMark(long index, XArrayMark mark) {
    XArrayCursor<E> cursor = cursor();
    cursor.lock();
    try {
      cursor.clearMark(index, mark);
    } finally {
      cursor.unlock();
    }
  }

  /** Returns whether the entry at an index has a mark. */
  public boolean hasMark(long index, XArrayMark mark) {
    XArrayCursor<E> cursor = cursor();
    cursor.lock();
    try {
      return cursor.hasMark(index, mark);
    } finally {
      cursor.unlock();
    }
  }

  /** Returns whether any entry has a mark. */
  public boolean hasMark(XArrayMark mark) {
    lock();
    try {
      return Marks.isAnywhere(this, mark);
    } finally {
      unlock();
    }
  }

  /** Returns the number of nodes in the tree. */
  public long nodeCount() {
    lock();
    try {
      return nodes;
    } finally {
      unlock();
    }
  }

  /** Returns an estimate of the memory of the nodes in bytes, for 4-byte references. */
  public long metadataBytes() {
    long arrayBytes = (16 + 4L * (slotMask + 2) + 7) & ~7L;
    long headerBytes = 56;
    return nodeCount() * (arrayBytes + headerBytes);
  }

  private static void require(boolean stored, long index) {
    if (!stored) {
      throw new MemoryException(Errno.ENOMEM, "xarray store", index, "no memory for a node");
    }
  }

  // ---------------------------------------------------------------- for the writers here

  void lock() {
    LOCK.lock(this);
  }

  /**
   * Releases the lock.
   *
   * @throws IllegalStateException if a placeholder is left; the lock stays held
   */
  void unlock() {
    if (placeholders != 0) {
      throw new IllegalStateException(
          placeholders + " placeholders are left; readers would wait for ever");
    }
    LOCK.unlock(this);
  }

  TreeWriter writer() {
    return writer;
  }

  int chunkShift() {
    return chunkShift;
  }

  @Nullable Object head() {
    return HEAD.get(this);
  }

  /** Returns the head, which is a node. */
  Node top() {
    Object entry = head();
    if (entry == null || !Node.isNode(entry)) {
      throw new IllegalStateException("the head is no node");
    }
    return Node.of(entry);
  }

  void setHead(@Nullable Object entry) {
    HEAD.set(this, entry);
  }

  /** Returns a leaf that holds an entry at index 0, for a reader that met it in the head. */
  Object[] leafOf(Object entry) {
    Object[] leaf = new Object[slotMask + 2];
    leaf[0] = entry;
    return leaf;
  }

  /** Returns a node that is not linked yet, or null if there is no memory. */
  @Nullable Node allocateNode() {
    Object[] slots = allocator.allocate(slotMask + 2);
    return slots == null ? null : Node.in(slots);
  }

  static long checked(long index) {
    if (index < 0) {
      throw new IllegalArgumentException("index " + index + " is negative");
    }
    return index;
  }

  /** Returns the first index of the aligned range of an order that contains an index. */
  static long firstOf(long index, int order) {
    if (order < 0 || order > MAX_ORDER) {
      throw new IllegalArgumentException("order " + order + " is not 0 to " + MAX_ORDER);
    }
    return checked(index) & -(1L << order);
  }

  /** Returns an entry that a user may store. */
  static <T> T storable(T entry) {
    Objects.requireNonNull(entry, "entry");
    if (isRetry(entry) || entry instanceof Object[] || entry instanceof Sibling) {
      throw new IllegalArgumentException("internal entry " + entry);
    }
    return entry;
  }

  /** Sees entries in index order. */
  @FunctionalInterface
  public interface EntryVisitor<E> {
    /**
     * Sees one entry.
     *
     * @param index the index at which it was met: its first one, or where the iteration began
     * @param entry the entry
     * @return whether to go on
     */
    boolean visit(long index, E entry);
  }
}
