/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.lang.invoke.MethodHandles;
import org.mm4j.sync.WordField;

/** How many faults ended with a translation, and the time they took. Thread-safe. */
public final class FaultStatistics {
  private static final WordField COUNT =
      WordField.of(MethodHandles.lookup(), FaultStatistics.class, "count");
  private static final WordField NANOS =
      WordField.of(MethodHandles.lookup(), FaultStatistics.class, "nanos");

  @SuppressWarnings("unused") // accessed through COUNT
  private long count;

  @SuppressWarnings("unused") // accessed through NANOS
  private long nanos;

  /** Creates figures at zero. */
  public FaultStatistics() {}

  void record(long tookNanos) {
    COUNT.getAndAdd(this, 1);
    NANOS.getAndAdd(this, tookNanos);
  }

  /** Returns how many there were. */
  public long count() {
    return COUNT.getAcquire(this);
  }

  /** Returns the time they took together, in nanoseconds; waits for a userfaultfd not included. */
  public long nanos() {
    return NANOS.getAcquire(this);
  }
}
