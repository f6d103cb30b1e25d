/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.PageCacheCursor;

/**
 * Sees what a strategy asks of its session, on the thread that collapses. What it throws comes out
 * of the call.
 */
interface CollapseListener {
  /** A strategy is about to run; it sees nothing of this session yet. */
  default void begins(CollapseSession session) {}

  /**
   * The strategy is about to make a call.
   *
   * @param cursor the real cursor; also for calls of the session
   */
  default void beforeCall(Call call, PageCacheCursor cursor, CollapseSession session) {}

  /** The page-cache lock was released. */
  default void afterUnlock(CollapseSession session) {}

  /** The strategy announced a step. */
  default void announced(CollapseStep step, CollapseSession session) {}

  /** The strategy said that it committed. */
  default void committed(CollapseSession session) {}

  /** What a strategy calls. */
  enum Call {
    ALLOCATE_TARGET,
    CHARGE_HOLES,
    ADD_SOURCE,
    TLB,
    ROLL_BACK,
    LOCK,
    UNLOCK,
    RESERVE_NODES,
    LOAD,
    ANY_ENTRY,
    STORE,
    STORE_PLACEHOLDER,
    ERASE,
    STORE_WHOLE,
    ADJUST_PRESENT_PAGES
  }
}
