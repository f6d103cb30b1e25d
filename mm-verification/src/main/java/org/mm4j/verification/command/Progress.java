/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.command;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/**
 * Says what goes on: a line when a trial begins to take long, and one when it has ended. For one
 * thread.
 */
final class Progress {
  private static final long BETWEEN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final PrintWriter out;
  private final int total;
  private int ended;
  private long runs;
  private long lastNanos;
  private String current = "";

  Progress(PrintWriter out, int total) {
    this.out = out;
    this.total = total;
  }

  /** A trial begins. */
  void begin(Trial trial) {
    current = trial.scenario().pair() + " " + trial.model();
    runs = 0;
    lastNanos = System.nanoTime();
  }

  /** A run of it begins. */
  void run() {
    runs++;
    long now = System.nanoTime();
    if (now - lastNanos >= BETWEEN_NANOS) {
      lastNanos = now;
      out.printf("[%d/%d] %s: %,d runs so far%n", ended + 1, total, current, runs);
      out.flush();
    }
  }

  /** A trial has ended. */
  void end(TrialResult result) {
    ended++;
    out.printf(
        "[%d/%d] %s: %s, %,d runs, %,d steps, %.1f s%n",
        ended,
        total,
        current,
        result.grade(),
        result.verdict().effort().runs(),
        result.verdict().effort().steps(),
        result.verdict().effort().took().toMillis() / 1000.0);
    out.flush();
  }
}
