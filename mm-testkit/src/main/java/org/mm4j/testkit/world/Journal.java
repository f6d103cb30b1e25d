/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a run in order. Tasks write it, one at a time; the monitors are told of what was
 * written at {@link #settle}, after they have looked at what the step did to memory.
 */
final class Journal {
  private final HoleLedger ledger;
  private final List<Call> calls = new ArrayList<>();
  private final IdentityHashMap<Thread, Call> current = new IdentityHashMap<>();
  private final List<Runnable> news = new ArrayList<>();
  private int time;

  Journal(HoleLedger ledger) {
    this.ledger = ledger;
  }

  /** Writes that the calling task begins a call. */
  Call begin(Call.Kind kind, int page, long stamp) {
    Call call = new Call(kind, page, stamp);
    call.begin(time++);
    calls.add(call);
    current.put(Thread.currentThread(), call);
    news.add(() -> ledger.begun(call));
    return call;
  }

  /** Writes that a call of the calling task has ended. */
  void end(Call call, String result) {
    call.end(time++, result);
    current.remove(Thread.currentThread());
    news.add(() -> ledger.ended(call));
  }

  /** Returns the call that the calling task is in, or null. */
  @Nullable Call current() {
    return current.get(Thread.currentThread());
  }

  /** Lets the monitors look at memory, then at what was written since the last time. */
  void settle() {
    ledger.look();
    for (Runnable item : news) {
      item.run();
    }
    news.clear();
  }

  /** Returns whether a call has begun and not ended. */
  boolean someoneWaits() {
    return !current.isEmpty();
  }

  /** Returns the calls in the order of their beginnings. */
  List<Call> calls() {
    return calls;
  }
}
