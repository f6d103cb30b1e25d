/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import org.jspecify.annotations.Nullable;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;

/** Another cursor's calls, one by one: what a subclass overrides is what it changes. */
public class ForwardingCursor implements PageCacheCursor {
  private final PageCacheCursor cursor;

  /** Forwards to a cursor. */
  public ForwardingCursor(PageCacheCursor cursor) {
    this.cursor = cursor;
  }

  @Override
  public void lock() {
    cursor.lock();
  }

  @Override
  public void unlock() {
    cursor.unlock();
  }

  @Override
  public boolean isLocked() {
    return cursor.isLocked();
  }

  @Override
  public boolean reserveNodes() {
    return cursor.reserveNodes();
  }

  @Override
  public void releaseNodes() {
    cursor.releaseNodes();
  }

  @Override
  public @Nullable PageCacheEntry load(long index) {
    return cursor.load(index);
  }

  @Override
  public boolean anyEntry(long firstIndex, long lastIndexInclusive) {
    return cursor.anyEntry(firstIndex, lastIndexInclusive);
  }

  @Override
  public void store(long index, Folio folio) {
    cursor.store(index, folio);
  }

  @Override
  public boolean storePlaceholder(long index) {
    return cursor.storePlaceholder(index);
  }

  @Override
  public void erase(long index) {
    cursor.erase(index);
  }

  @Override
  public void storeWhole(Folio folio) {
    cursor.storeWhole(folio);
  }

  @Override
  public void adjustPresentPages(long delta) {
    cursor.adjustPresentPages(delta);
  }
}
