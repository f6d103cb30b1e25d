/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.frame;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.Pages;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.RefField;
import org.mm4j.sync.Sync;
import org.mm4j.sync.WordField;

/**
 * A folio of a {@link FramePool}: one flat object of 48 bytes.
 *
 * <pre>{@code
 *                  tryGet, get, put, isolate, putBack, addMapping, removeMapping
 *                                +-----+
 *                                v     |
 * FramePool.allocate --1 ref--> in use ---freeze(n), exactly n refs--> frozen (0 refs)
 *                                |  ^                                    |   |
 *                                |  +-----------unfreeze(m)--------------+   | split
 *                      last put  |                                           v
 *                                +--------> freed (0 refs, for ever) <-------+
 * }</pre>
 *
 * <p>The frames of a freed folio get a new one; those of one that was split have theirs already.
 *
 * <p>Two words hold everything that changes without a lock:
 *
 * <pre>
 *   state   63..32 frame   12..8 order   6 freed   5 poisoned   4 dirty   3 up to date   2 on LRU
 *           1 contended   0 locked
 *   count   63..32 map count             31..0 references
 * </pre>
 *
 * <p>The last {@link #put} needs the folio unlocked and unmapped. A count that would become
 * negative, and any use of a freed folio that would change it, is an {@link IllegalStateException}
 * that describes the folio, and changes nothing. Thread-safe.
 */
public final class CoreFolio implements Folio {
  /** The greatest order a folio can have. */
  public static final int MAX_ORDER = 18;

  /** Bytes of one object: three words, three references, the header. */
  static final int HEAP_BYTES = HeapLayout.objectBytes(3, 3);

  private static final long LOCKED = 1;
  private static final long CONTENDED = 1 << 1;
  private static final long ON_LRU = 1 << 2;
  private static final long UP_TO_DATE = 1 << 3;
  private static final long DIRTY = 1 << 4;
  private static final long POISONED = 1 << 5;
  private static final long FREED = 1 << 6;
  private static final long INHERITED = ON_LRU | UP_TO_DATE | DIRTY | POISONED;
  private static final int ORDER_SHIFT = 8;
  private static final int ORDER_MASK = 0x1f;
  private static final int FRAME_SHIFT = 32;
  private static final int MAP_COUNT_SHIFT = 32;
  private static final long ONE_MAPPING = 1L << MAP_COUNT_SHIFT;
  private static final long REFERENCES = ONE_MAPPING - 1;

  private static final WordField STATE =
      WordField.of(MethodHandles.lookup(), CoreFolio.class, "state");
  private static final WordField COUNT =
      WordField.of(MethodHandles.lookup(), CoreFolio.class, "count");
  private static final RefField<Mapping> MAPPING =
      RefField.of(MethodHandles.lookup(), CoreFolio.class, "mapping", Mapping.class);
  private static final BitLock LOCK = new BitLock(STATE, LOCKED, CONTENDED, LockRank.FOLIO);

  private final FramePool pool;
  private final @Nullable FrameAccount account;

  /** Flags through {@link #STATE}; frame and order never change and are read directly. */
  private long state;

  @SuppressWarnings("unused") // accessed through COUNT
  private long count;

  /** Written before {@link #mapping} is set. */
  private long index;

  @SuppressWarnings("unused") // accessed through MAPPING
  private @Nullable Mapping mapping;

  /** Creates a part of a folio, with its flags and its place in the file, and one reference. */
  private CoreFolio(CoreFolio whole, int page, int order) {
    this(whole.pool, (int) whole.frame() + page, order, whole.account);
    this.state |= STATE.getAcquire(whole) & INHERITED;
    this.index = whole.index + page;
    this.mapping = whole.mapping();
  }

  CoreFolio(FramePool pool, int frame, int order, @Nullable FrameAccount account) {
    this.pool = pool;
    this.account = account;
    this.state = ((long) frame << FRAME_SHIFT) | ((long) order << ORDER_SHIFT);
    this.count = 1;
  }

  @Override
  public int order() {
    return (int) (state >>> ORDER_SHIFT) & ORDER_MASK;
  }

  @Override
  public long frame() {
    return state >>> FRAME_SHIFT;
  }

  // ------------------------------------------------------------ place in a file

  @Override
  public long index() {
    return index;
  }

  @Override
  public @Nullable Mapping mapping() {
    return MAPPING.get(this);
  }

  @Override
  public void attach(Mapping newMapping, long newIndex) {
    if (mapping() != null) {
      throw broken("attached twice");
    }
    index = newIndex;
    MAPPING.set(this, newMapping);
  }

  @Override
  public void detach() {
    MAPPING.set(this, null);
  }

  // ------------------------------------------------------------ lock

  @Override
  public boolean tryLock() {
    return LOCK.tryLock(this);
  }

  @Override
  public void lock() {
    LOCK.lock(this);
  }

  @Override
  public void unlock() {
    LOCK.unlock(this);
  }

  @Override
  public boolean isLocked() {
    return LOCK.isLocked(this);
  }

  // ------------------------------------------------------------ references and mappings

  @Override
  public boolean tryGet() {
    if (COUNT.addIfWithin(this, REFERENCES, 1, Integer.MAX_VALUE - 1, 1)) {
      return true;
    }
    while (true) {
      long before = COUNT.getAcquire(this);
      if (referencesIn(before) == 0) {
        return false;
      }
      if (COUNT.compareAndSet(this, before, withReferences(before, 1))) {
        return true;
      }
    }
  }

  @Override
  public void get(int references) {
    requirePositive(references);
    while (true) {
      long before = COUNT.getAcquire(this);
      if (referencesIn(before) == 0) {
        throw broken("reference taken without holding one");
      }
      if (COUNT.compareAndSet(this, before, withReferences(before, references))) {
        return;
      }
    }
  }

  @Override
  public void put(int references) {
    requirePositive(references);
    if (COUNT.addIfWithin(this, REFERENCES, references + 1L, REFERENCES, -references)) {
      return; // not the last one
    }
    while (true) {
      long before = COUNT.getAcquire(this);
      int left = referencesIn(before) - references;
      if (left < 0) {
        throw broken(references + " references given back");
      }
      if (left == 0) {
        requireFreeable(before);
      }
      if (COUNT.compareAndSet(this, before, before - references)) {
        if (left == 0) {
          free();
        }
        return;
      }
    }
  }

  private void requireFreeable(long countWord) {
    if (mapCountIn(countWord) != 0) {
      throw broken("last reference given back while mapped");
    }
    if (isLocked()) {
      throw broken("last reference given back while locked");
    }
  }

  private void free() {
    STATE.getAndSetBits(this, FREED);
    STATE.getAndClearBits(this, ON_LRU);
    MAPPING.set(this, null);
    pool.release(this, account);
  }

  @Override
  public int references() {
    return referencesIn(COUNT.getAcquire(this));
  }

  @Override
  public boolean freeze(int expected) {
    requirePositive(expected);
    while (true) {
      long before = COUNT.getAcquire(this);
      if (referencesIn(before) != expected) {
        return false;
      }
      if (COUNT.compareAndSet(this, before, before - expected)) {
        return true;
      }
    }
  }

  @Override
  public void unfreeze(int references) {
    requirePositive(references);
    while (true) {
      long before = COUNT.getAcquire(this);
      if (referencesIn(before) != 0 || has(FREED)) {
        throw broken("unfrozen but not frozen");
      }
      if (COUNT.compareAndSet(this, before, before + references)) {
        return;
      }
    }
  }

  /**
   * Cuts this folio into smaller ones, in place: they have its frames, its content, its flags but
   * for the lock, its place in its file, and its charge. Afterwards this one is freed.
   *
   * <p>It must be frozen and unmapped, so that nobody holds it, and the caller must have its lock,
   * which is still to be released. Takes the frame pool's lock.
   *
   * @param orders of the parts, in the order of their frames; together as large as this folio
   * @return the parts, each with one reference for the caller
   * @throws IllegalArgumentException if the parts are not aligned, or not as large as this folio
   */
  public List<CoreFolio> split(int... orders) {
    if (COUNT.getAcquire(this) != 0 || has(FREED)) {
      throw broken("split but not frozen and unmapped");
    }
    List<CoreFolio> parts = new ArrayList<>(orders.length);
    int page = 0;
    for (int order : orders) {
      parts.add(new CoreFolio(this, page, order));
      page += 1 << order;
    }
    pool.divide(this, parts);
    STATE.getAndSetBits(this, FREED);
    STATE.getAndClearBits(this, ON_LRU);
    MAPPING.set(this, null);
    return parts;
  }

  @Override
  public int mapCount() {
    return mapCountIn(COUNT.getAcquire(this));
  }

  /**
   * Counts one more translation that leads here. The translation's reference is the caller's
   * business.
   */
  public void addMapping() {
    while (true) {
      long before = COUNT.getAcquire(this);
      if (referencesIn(before) == 0) {
        throw broken("mapped without a reference");
      }
      if (mapCountIn(before) == Integer.MAX_VALUE) {
        throw broken("map count overflows");
      }
      if (COUNT.compareAndSet(this, before, before + ONE_MAPPING)) {
        return;
      }
    }
  }

  /**
   * Counts one translation less. Its reference is the caller's business.
   *
   * @return how many are left
   */
  public int removeMapping() {
    while (true) {
      long before = COUNT.getAcquire(this);
      if (mapCountIn(before) == 0) {
        throw broken("unmapped but not mapped");
      }
      if (COUNT.compareAndSet(this, before, before - ONE_MAPPING)) {
        return mapCountIn(before) - 1;
      }
    }
  }

  private long withReferences(long countWord, int more) {
    if (referencesIn(countWord) > Integer.MAX_VALUE - more) {
      throw broken("reference count overflows");
    }
    return countWord + more;
  }

  private static int referencesIn(long countWord) {
    return (int) countWord;
  }

  private static int mapCountIn(long countWord) {
    return (int) (countWord >>> MAP_COUNT_SHIFT);
  }

  // ------------------------------------------------------------ flags

  @Override
  public boolean isUpToDate() {
    return has(UP_TO_DATE);
  }

  @Override
  public void markUpToDate() {
    STATE.getAndSetBits(this, UP_TO_DATE); // a full fence, thus after all stores of the content
  }

  @Override
  public boolean isDirty() {
    return has(DIRTY);
  }

  @Override
  public void markDirty() {
    STATE.getAndSetBits(this, DIRTY);
  }

  @Override
  public boolean isPoisoned() {
    return has(POISONED);
  }

  @Override
  public void markPoisoned() {
    STATE.getAndSetBits(this, POISONED);
  }

  @Override
  public boolean isOnLru() {
    return has(ON_LRU);
  }

  @Override
  public void addToLru() {
    if ((STATE.getAndSetBits(this, ON_LRU) & ON_LRU) != 0) {
      throw broken("put on the LRU twice");
    }
  }

  @Override
  public boolean isolate() {
    if ((STATE.getAndClearBits(this, ON_LRU) & ON_LRU) == 0) {
      return false;
    }
    get(1);
    return true;
  }

  @Override
  public void putBack() {
    addToLru();
    put(1);
  }

  private boolean has(long flag) {
    return (STATE.getAcquire(this) & flag) != 0;
  }

  // ------------------------------------------------------------ content

  @Override
  public boolean copyPage(int toPage, Folio from, int fromPage) {
    MemorySegment target = data(toPage);
    MemorySegment source = from.data(fromPage);
    if (from instanceof CoreFolio folio && folio.isPoisoned()) {
      return false;
    }
    Sync.content(Sync.ContentAccess.READ, from.frame() + fromPage);
    Sync.content(Sync.ContentAccess.WRITE, frame() + toPage);
    MemorySegment.copy(source, 0, target, 0, Pages.SIZE_BYTES);
    return true;
  }

  @Override
  public void clearPage(int page) {
    MemorySegment target = data(page);
    Sync.content(Sync.ContentAccess.WRITE, frame() + page);
    target.fill((byte) 0);
  }

  @Override
  public MemorySegment data(int page) {
    if (page < 0 || page >= pageCount()) {
      throw new IndexOutOfBoundsException("page " + page + " of " + this);
    }
    long frame = frame() + page;
    return pool.chunkOf(frame).asSlice(pool.offsetInChunk(frame), Pages.SIZE_BYTES);
  }

  // ------------------------------------------------------------ reports

  private static void requirePositive(int references) {
    if (references <= 0) {
      throw new IllegalArgumentException("references is not positive: " + references);
    }
  }

  private IllegalStateException broken(String what) {
    return new IllegalStateException(what + ": " + this);
  }

  @Override
  public String toString() {
    long word = STATE.getAcquire(this);
    long counts = COUNT.getAcquire(this);
    Mapping file = mapping();
    StringBuilder text = new StringBuilder(120);
    text.append("folio at frame 0x").append(Long.toHexString(frame()));
    text.append(" order ").append(order());
    text.append(" references ").append(referencesIn(counts));
    text.append(" mapped ").append(mapCountIn(counts));
    if (file != null) {
      text.append(" index ").append(index).append(" of ").append(file.name());
    }
    appendFlag(text, word, LOCKED, " locked");
    appendFlag(text, word, CONTENDED, " contended");
    appendFlag(text, word, ON_LRU, " lru");
    appendFlag(text, word, UP_TO_DATE, " uptodate");
    appendFlag(text, word, DIRTY, " dirty");
    appendFlag(text, word, POISONED, " poisoned");
    appendFlag(text, word, FREED, " freed");
    return text.toString();
  }

  private static void appendFlag(StringBuilder text, long word, long flag, String name) {
    if ((word & flag) != 0) {
      text.append(name);
    }
  }
}
