/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import java.util.HashMap;
import java.util.Map;
import org.mm4j.PageRange;
import org.mm4j.core.cache.XArrayPageCache;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.testkit.ForwardingCursor;

/**
 * A page cache whose cursor does not restart from the root: what it found once it believes, also
 * after the lock was dropped. Linux 6.5-rc had that.
 */
@Breaks("1.9")
final class CursorRemembersItsNode implements PageCache {
  private final PageCache right = new XArrayPageCache("stale", 2);

  @Override
  public PageCacheEntry lookup(long index) {
    return right.lookup(index);
  }

  @Override
  public PageCacheEntry glance(long index) {
    return right.glance(index);
  }

  @Override
  public void scan(PageRange range, EntryVisitor visitor) {
    right.scan(range, visitor);
  }

  @Override
  public PageCacheCursor cursor(PageRange range) {
    return new Stale(right.cursor(range));
  }

  @Override
  public long presentPages() {
    return right.presentPages();
  }

  private static final class Stale extends ForwardingCursor {
    private final Map<Long, PageCacheEntry> found = new HashMap<>();

    Stale(PageCacheCursor right) {
      super(right);
    }

    @Override
    public PageCacheEntry load(long index) {
      if (!isLocked() || !found.containsKey(index)) {
        found.put(index, super.load(index));
      }
      return found.get(index);
    }

    @Override
    public boolean storePlaceholder(long index) {
      found.remove(index);
      return super.storePlaceholder(index);
    }

    @Override
    public void store(long index, Folio folio) {
      found.remove(index);
      super.store(index, folio);
    }

    @Override
    public void erase(long index) {
      found.remove(index);
      super.erase(index);
    }

    @Override
    public void storeWhole(Folio folio) {
      found.clear();
      super.storeWhole(folio);
    }
  }
}
