/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.function.Supplier;
import org.mm4j.examples.emulator.report.ProgressDisplay;

/**
 * Where a command reads and writes.
 *
 * @param in standard input
 * @param out standard output: what was asked for
 * @param err standard error: mistakes
 * @param newProgress opens where progress is shown
 */
record Streams(
    InputStream in, PrintStream out, PrintStream err, Supplier<ProgressDisplay> newProgress) {
  static Streams ofThisProcess() {
    return new Streams(
        System.in,
        System.out,
        System.err,
        () -> TerminalProgress.open().orElseGet(() -> ProgressDisplay.plain(System.err)));
  }

  static Streams of(InputStream in, PrintStream out, PrintStream err) {
    return new Streams(in, out, err, () -> ProgressDisplay.plain(err));
  }
}
