/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

import org.jspecify.annotations.Nullable;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.PageCacheCursor;

/** Does something once, right before the n-th call of a kind that a strategy makes. */
abstract class CallPoint implements CollapseListener {
  private final int number;
  private int passed;
  private @Nullable Call call;

  /**
   * Waits for a call.
   *
   * @param number how many calls of the kind pass before
   */
  CallPoint(int number) {
    this.number = number;
  }

  /** Whether a call is one of the kind; the first collapse of a trial only. */
  abstract boolean counts(Call call, PageCacheCursor cursor, CollapseSession session);

  /** The moment has come. */
  abstract void act(PageCacheCursor cursor, CollapseSession session);

  @Override
  public final void beforeCall(Call next, PageCacheCursor cursor, CollapseSession session) {
    if (call == null && counts(next, cursor, session) && passed++ == number) {
      call = next;
      act(cursor, session);
    }
  }

  /** Returns whether there were so many calls. */
  boolean wasReached() {
    return call != null;
  }

  @Override
  public String toString() {
    return "right before call " + number + ", " + call;
  }
}
