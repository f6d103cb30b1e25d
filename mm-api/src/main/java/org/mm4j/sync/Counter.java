/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.sync;

import java.lang.invoke.MethodHandles;

/**
 * A counter with a limit that is exact: charges against a file, an account or a kernel.
 *
 * <p>Thread-safe and lock-free, so callable under any lock.
 */
public final class Counter {
  private static final WordField VALUE =
      WordField.of(MethodHandles.lookup(), Counter.class, "value");

  @SuppressWarnings("unused") // accessed through VALUE
  private long value;

  /** Creates a counter at zero. */
  public Counter() {}

  /** Returns the value now. */
  public long get() {
    return VALUE.getAcquire(this);
  }

  /** Adds without a limit (a negative {@code delta} gives back). */
  public void add(long delta) {
    VALUE.add(this, delta);
  }

  /**
   * Adds if the sum stays within the limit.
   *
   * @param delta how much, not negative
   * @param limit the greatest permitted value
   * @return whether it was added; if not, nothing changed
   */
  public boolean tryAdd(long delta, long limit) {
    return Sync.backend().tryAddToWord(VALUE.handle(), this, delta, limit);
  }

  /** Sets the value to {@code least} if it is less: a high-water mark. */
  public void raiseTo(long least) {
    while (true) {
      long before = VALUE.getAcquire(this);
      if (before >= least || VALUE.compareAndSet(this, before, least)) {
        return;
      }
    }
  }

  @Override
  public String toString() {
    return Long.toString(get());
  }
}
