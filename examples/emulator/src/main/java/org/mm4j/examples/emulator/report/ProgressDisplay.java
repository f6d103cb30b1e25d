/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.report;

import java.io.PrintStream;
import java.util.List;

/** Where live progress goes: a few lines that are drawn again and again. For one thread. */
public interface ProgressDisplay extends AutoCloseable {
  /** Returns how long to wait before the lines are drawn again, in milliseconds. */
  long periodMillis();

  /** Shows the lines in the place of those shown before. */
  void show(List<String> lines);

  /** Leaves the last lines where they are, and the cursor below them. */
  @Override
  void close();

  /** Without a terminal nothing is drawn over: the lines are printed as one, once a second. */
  static ProgressDisplay plain(PrintStream out) {
    return new PlainProgress(out);
  }
}
