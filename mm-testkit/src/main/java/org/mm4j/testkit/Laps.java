/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts what each thread of a stress test has done. On a busy machine all rounds of one thread may
 * be over before another has begun, and the test would show nothing: let it go on until every
 * thread has run.
 *
 * <pre>{@code
 * while (round++ < ROUNDS || laps.areMissing()) { ... }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Laps {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(90);

  private final AtomicLongArray laps;
  private final long least;
  private final long begun = System.nanoTime();

  /**
   * Begins to count.
   *
   * @param threads how many there are
   * @param least how many laps each has to do
   */
  public Laps(int threads, long least) {
    this.laps = new AtomicLongArray(threads);
    this.least = least;
  }

  /** Says that a thread, by its number from 0, has done once what it does again and again. */
  public void count(int thread) {
    laps.getAndIncrement(thread);
  }

  /**
   * Returns whether a thread has not done its laps yet.
   *
   * @throws AssertionError if that is so after a minute and a half: then it hangs, or it failed
   */
  public boolean areMissing() {
    for (int thread = 0; thread < laps.length(); thread++) {
      if (laps.get(thread) < least) {
        if (System.nanoTime() - begun > PATIENCE_NANOS) {
          throw new AssertionError("thread " + thread + " of this: " + laps);
        }
        return true;
      }
    }
    return false;
  }
}
