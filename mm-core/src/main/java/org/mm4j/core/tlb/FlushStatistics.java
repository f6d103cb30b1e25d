/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.tlb;

import java.lang.invoke.MethodHandles;
import org.mm4j.sync.WordField;

/** How often processors were told to forget, and how long the longest time took. Thread-safe. */
public final class FlushStatistics {
  private static final WordField COUNT =
      WordField.of(MethodHandles.lookup(), FlushStatistics.class, "count");
  private static final WordField LONGEST =
      WordField.of(MethodHandles.lookup(), FlushStatistics.class, "longestNanos");

  @SuppressWarnings("unused") // accessed through COUNT
  private long count;

  @SuppressWarnings("unused") // accessed through LONGEST
  private long longestNanos;

  /** Creates figures at zero. */
  public FlushStatistics() {}

  void record(long nanos) {
    COUNT.getAndAdd(this, 1);
    long longest = LONGEST.getAcquire(this);
    while (nanos > longest && !LONGEST.compareAndSet(this, longest, nanos)) {
      longest = LONGEST.getAcquire(this);
    }
  }

  /** Returns how many flushes there were. */
  public long count() {
    return COUNT.getAcquire(this);
  }

  /** Returns the longest time one flush took, in nanoseconds. */
  public long longestNanos() {
    return LONGEST.getAcquire(this);
  }
}
