/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.command;

import java.io.IOException;
import java.io.PrintWriter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * One line that says how far it is: drawn over itself on a terminal, else written anew every few
 * seconds.
 */
final class ProgressLine implements AutoCloseable {
  private static final long TERMINAL_NANOS = 200_000_000;
  private static final long PLAIN_NANOS = 10_000_000_000L;

  private final PrintWriter err;
  private final @Nullable Terminal terminal;
  private long shownNanos;
  private boolean drawn;

  private ProgressLine(PrintWriter err, @Nullable Terminal terminal) {
    this.err = err;
    this.terminal = terminal;
    this.shownNanos = System.nanoTime();
  }

  static ProgressLine open(PrintWriter err) {
    try {
      Terminal terminal =
          TerminalBuilder.builder()
              .systemOutput(TerminalBuilder.SystemOutput.SysErr)
              .nativeSignals(false)
              .build();
      if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
        terminal.close();
        return new ProgressLine(err, null);
      }
      return new ProgressLine(err, terminal);
    } catch (IOException | IllegalStateException e) {
      return new ProgressLine(err, null);
    }
  }

  /** Shows the line, if the last one is old enough. */
  void show(String line) {
    long now = System.nanoTime();
    if (now - shownNanos < (terminal == null ? PLAIN_NANOS : TERMINAL_NANOS)) {
      return;
    }
    shownNanos = now;
    if (terminal == null) {
      err.println(line);
      return;
    }
    int width = Math.max(20, terminal.getColumns());
    String cut = line.length() < width ? line : line.substring(0, width - 1);
    err.print("\r\u001b[K" + cut);
    err.flush();
    drawn = true;
  }

  /** Takes the line away, so that something else can be written. */
  void clear() {
    if (drawn) {
      err.print("\r\u001b[K");
      err.flush();
      drawn = false;
    }
  }

  @Override
  public void close() throws IOException {
    clear();
    if (terminal != null) {
      terminal.close();
    }
  }
}
