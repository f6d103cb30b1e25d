/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import org.mm4j.sync.Counter;

/** How many pages a store has, held against its own limit and that of all stores. Lock-free. */
final class StoreCharge {
  private final Counter own = new Counter();
  private final Counter all;
  private final long ownLimitPages;
  private final long allLimitPages;

  StoreCharge(Counter all, long ownLimitPages, long allLimitPages) {
    this.all = all;
    this.ownLimitPages = ownLimitPages;
    this.allLimitPages = allLimitPages;
  }

  boolean charge(long pages) {
    if (!own.tryAdd(pages, ownLimitPages)) {
      return false;
    }
    if (!all.tryAdd(pages, allLimitPages)) {
      own.add(-pages);
      return false;
    }
    return true;
  }

  void uncharge(long pages) {
    own.add(-pages);
    all.add(-pages);
  }

  long pages() {
    return own.get();
  }
}
