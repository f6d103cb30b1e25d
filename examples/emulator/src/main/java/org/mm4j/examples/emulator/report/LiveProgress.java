/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.report;

import java.io.PrintStream;
import java.util.Locale;
import org.mm4j.examples.emulator.machine.Machine;

/**
 * Shows a migration while it runs: on a terminal one line that is redrawn, else a line a second. A
 * thread of its own, which ends with {@link #close}.
 */
public final class LiveProgress implements AutoCloseable {
  private static final long REDRAW_MILLIS = 100;
  private static final long LINE_MILLIS = 1000;
  private static final String BACK_AND_CLEAR = "\r\u001b[2K";
  private static final int BAR_WIDTH = 20;

  private final PrintStream out;
  private final boolean isTerminal;
  private final int columns;
  private final String title;
  private final Machine machine;
  private final ProgressReader guest;
  private final Thread thread;
  private final long start = System.nanoTime();

  /**
   * Starts to show.
   *
   * @param title what stands in front
   * @param columns the terminal's width
   */
  public LiveProgress(
      PrintStream out,
      boolean isTerminal,
      int columns,
      String title,
      Machine machine,
      ProgressReader guest) {
    this.out = out;
    this.isTerminal = isTerminal;
    this.columns = columns;
    this.title = title;
    this.machine = machine;
    this.guest = guest;
    this.thread = Thread.ofPlatform().daemon().name("progress").start(this::show);
  }

  private void show() {
    try {
      while (true) {
        Thread.sleep(isTerminal ? REDRAW_MILLIS : LINE_MILLIS);
        print();
      }
    } catch (InterruptedException end) {
      // close() wants it
    }
  }

  private void print() {
    String line = line();
    if (isTerminal) {
      String fitting = line.length() < columns ? line : line.substring(0, columns - 1);
      out.print(BACK_AND_CLEAR + fitting);
    } else {
      out.println(line);
    }
    out.flush();
  }

  private String line() {
    ProgressLine now = guest.latest();
    double seconds = (System.nanoTime() - start) / 1e9;
    HugeCoverage huge = HugeCoverage.of(machine.mappings());
    return String.format(
        Locale.ROOT,
        "%-8s %s pages %s  msgs %s  collapsed %d  refused %s  huge %s %s  wrong %s  %.0f MIPS",
        title,
        bar(now.get("pages")),
        now.get("pages"),
        now.get("messages"),
        machine.collapses().collapses(),
        now.get("refused"),
        huge.percent(),
        huge.map(),
        now.get("wrong"),
        machine.instructions() / seconds / 1e6);
  }

  /** A bar for a text like {@code 1650/4096}. */
  private static String bar(String part) {
    int slash = part.indexOf('/');
    if (slash < 0) {
      return "[" + " ".repeat(BAR_WIDTH) + "]";
    }
    long done = Long.parseLong(part.substring(0, slash));
    long all = Math.max(1, Long.parseLong(part.substring(slash + 1)));
    int filled = Math.clamp(done * BAR_WIDTH / all, 0, BAR_WIDTH);
    return "[" + "=".repeat(filled) + " ".repeat(BAR_WIDTH - filled) + "]";
  }

  /** Shows the last state and ends. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    print();
    if (isTerminal) {
      out.println();
    }
  }
}
