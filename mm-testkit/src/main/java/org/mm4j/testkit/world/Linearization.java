/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether there is an order of the calls, one after the other, that explains what each of them
 * answered about one page, and what the page is at the end. A call that ended before another one
 * began comes first.
 *
 * <p>The pages are looked at one by one: a collapse changes each index at once, not the range, and
 * whoever races with it is promised no more.
 */
final class Linearization {
  private final int page;
  private final List<Call> calls;

  private Linearization(int page, List<Call> calls) {
    this.page = page;
    this.calls = calls;
  }

  /** Returns whether there is such an order; the calls are in the order of their beginnings. */
  static boolean exists(PageModel initial, int page, List<Call> calls) {
    return new Linearization(page, calls).search(initial, new boolean[calls.size()], 0);
  }

  /**
   * Returns the call without which there is an order, which is what has to be blamed; null if no
   * single one is to blame.
   */
  static @Nullable Call blame(PageModel initial, int page, List<Call> calls) {
    for (Call call : calls) {
      List<Call> others = new ArrayList<>(calls);
      others.remove(call);
      if (exists(initial, page, others)) {
        return call;
      }
    }
    return null;
  }

  private boolean search(PageModel state, boolean[] done, int count) {
    if (count == calls.size()) {
      return true;
    }
    for (int i = 0; i < done.length; i++) {
      if (done[i] || !mayBeNext(i, done)) {
        continue;
      }
      done[i] = true;
      for (PageModel next : state.after(calls.get(i), page)) {
        if (search(next, done, count + 1)) {
          return true;
        }
      }
      done[i] = false;
    }
    return false;
  }

  private boolean mayBeNext(int candidate, boolean[] done) {
    for (int i = 0; i < done.length; i++) {
      if (!done[i] && calls.get(i).endedBefore(calls.get(candidate))) {
        return false;
      }
    }
    return true;
  }
}
