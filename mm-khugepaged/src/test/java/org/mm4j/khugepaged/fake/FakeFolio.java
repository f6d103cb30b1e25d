/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.fake;

import java.lang.foreign.MemorySegment;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;

/** A folio whose content is one number per page. */
public class FakeFolio implements Folio {
  private final FakeKernel kernel;
  private final int order;
  private final long frame;
  private final long[] content;
  private Mapping mapping;
  private long index;
  private boolean locked;
  private int references = 1;
  private boolean upToDate;
  private boolean dirty;
  private boolean onLru;
  private boolean poisoned;
  int mapCount;

  /** Whether its translations were removed since it was locked. */
  boolean unmapped;

  FakeFolio(FakeKernel kernel, int order, long frame) {
    this.kernel = kernel;
    this.order = order;
    this.frame = frame;
    this.content = new long[1 << order];
    java.util.Arrays.fill(content, -1);
  }

  /** What a reader finds in a page. */
  public long content(int page) {
    if (poisoned || !upToDate) {
      throw new IllegalStateException("bus error at page " + page + " of " + this);
    }
    return content[page];
  }

  /** Writes a page. */
  public FakeFolio withContent(int page, long value) {
    content[page] = value;
    return this;
  }

  @Override
  public boolean isPoisoned() {
    return poisoned;
  }

  @Override
  public int order() {
    return order;
  }

  @Override
  public long frame() {
    return frame;
  }

  @Override
  public long index() {
    return index;
  }

  @Override
  public Mapping mapping() {
    return mapping;
  }

  @Override
  public void attach(Mapping to, long atIndex) {
    mapping = to;
    index = atIndex;
  }

  @Override
  public void detach() {
    require(locked, "detached without its lock");
    mapping = null;
  }

  @Override
  public boolean tryLock() {
    if (locked) {
      return false;
    }
    locked = true;
    return true;
  }

  @Override
  public void lock() {
    require(tryLock(), "locked twice by one thread");
  }

  @Override
  public void unlock() {
    require(locked, "unlocked twice");
    // Nobody else flushes for it: a truncation would free it under a processor that still uses it.
    require(!unmapped || kernel.isFlushed(), "unlocked before the flush");
    unmapped = false;
    locked = false;
  }

  @Override
  public boolean isLocked() {
    return locked;
  }

  @Override
  public boolean tryGet() {
    if (references == 0) {
      return false;
    }
    references++;
    return true;
  }

  @Override
  public void get(int more) {
    require(references > 0, "got without a reference");
    references += more;
  }

  @Override
  public void put(int fewer) {
    require(references >= fewer, "put " + fewer + " too often");
    references -= fewer;
    if (references == 0) {
      require(!locked, "freed while locked");
      require(mapCount == 0, "freed while mapped");
      require(!kernel.isStored(this), "freed while in the page cache");
      kernel.freed(this);
    }
  }

  @Override
  public int references() {
    return references;
  }

  @Override
  public boolean freeze(int expected) {
    if (references != expected) {
      return false;
    }
    references = 0;
    return true;
  }

  @Override
  public void unfreeze(int to) {
    require(references == 0, "unfrozen but not frozen");
    references = to;
  }

  @Override
  public int mapCount() {
    return mapCount;
  }

  @Override
  public boolean isUpToDate() {
    return upToDate;
  }

  @Override
  public void markUpToDate() {
    upToDate = true;
  }

  @Override
  public void markDirty() {
    dirty = true;
  }

  @Override
  public boolean isDirty() {
    return dirty;
  }

  @Override
  public boolean isOnLru() {
    return onLru;
  }

  @Override
  public void addToLru() {
    require(!onLru, "twice on the LRU");
    onLru = true;
  }

  @Override
  public boolean isolate() {
    if (!onLru) {
      return false;
    }
    onLru = false;
    references++;
    return true;
  }

  @Override
  public void putBack() {
    require(references > 0, "put back while frozen");
    addToLru();
    put(1);
  }

  @Override
  public boolean copyPage(int toPage, Folio from, int fromPage) {
    FakeFolio source = (FakeFolio) from;
    require(kernel.isFlushed(), "copied before the flush");
    require(source.mapCount == 0, "copied while mapped");
    content[toPage] = source.content[fromPage];
    return !source.poisoned;
  }

  @Override
  public void clearPage(int page) {
    content[page] = 0;
  }

  @Override
  public MemorySegment data(int page) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void markPoisoned() {
    poisoned = true;
  }

  /** Everything about it but its translations, which a failed collapse does not give back. */
  String book() {
    return "folio %d order %d at %s references %d %s%s%s%s content %s"
        .formatted(
            frame,
            order,
            mapping == null ? "nowhere" : index,
            references - mapCount,
            locked ? "locked " : "",
            onLru ? "lru " : "",
            upToDate ? "uptodate " : "",
            poisoned ? "poisoned " : "",
            java.util.Arrays.toString(content));
  }

  private void require(boolean condition, String complaint) {
    if (!condition) {
      throw new AssertionError(complaint + ": " + this);
    }
  }

  @Override
  public String toString() {
    return book();
  }
}
