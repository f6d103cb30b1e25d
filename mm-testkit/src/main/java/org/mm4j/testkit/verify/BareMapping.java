/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

import org.mm4j.spi.Mapping;
import org.mm4j.spi.MappingOperations;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.ReverseMap;
import org.mm4j.sync.SharedLock;

/** A file that is nothing but a page cache, for folios to belong to. */
final class BareMapping implements Mapping {
  private final PageCache pageCache;

  BareMapping(PageCache pageCache) {
    this.pageCache = pageCache;
  }

  @Override
  public String name() {
    return "verified";
  }

  @Override
  public PageCache pageCache() {
    return pageCache;
  }

  @Override
  public ReverseMap reverseMap() {
    throw nothingBut();
  }

  @Override
  public MappingOperations operations() {
    throw nothingBut();
  }

  @Override
  public SharedLock invalidateLock() {
    throw nothingBut();
  }

  private static UnsupportedOperationException nothingBut() {
    return new UnsupportedOperationException("this file is nothing but a page cache");
  }

  @Override
  public void hold() {}

  @Override
  public void letGo() {}
}
