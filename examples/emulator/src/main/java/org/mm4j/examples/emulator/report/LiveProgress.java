/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.report;

import java.util.List;
import java.util.Locale;
import org.mm4j.examples.emulator.machine.Machine;

/** Shows a migration while it runs. A thread of its own, which ends with {@link #close}. */
public final class LiveProgress implements AutoCloseable {
  private static final int BAR_WIDTH = 24;
  private static final String MARGIN = " ".repeat(9);

  private final ProgressDisplay display;
  private final String title;
  private final Machine machine;
  private final ProgressReader guest;
  private final Thread thread;
  private final long start = System.nanoTime();

  /**
   * Starts to show.
   *
   * @param display where; closed with this
   * @param title what stands in front
   */
  public LiveProgress(
      ProgressDisplay display, String title, Machine machine, ProgressReader guest) {
    this.display = display;
    this.title = title;
    this.machine = machine;
    this.guest = guest;
    this.thread = Thread.ofPlatform().daemon().name("progress").start(this::show);
  }

  private void show() {
    try {
      while (true) {
        Thread.sleep(display.periodMillis());
        display.show(lines());
      }
    } catch (InterruptedException end) {
      display.show(lines());
      display.close();
    }
  }

  private List<String> lines() {
    double seconds = (System.nanoTime() - start) / 1e9;
    return lines(
        title,
        guest.latest(),
        HugeCoverage.of(machine.mappings()),
        machine.collapses().collapses(),
        machine.instructions() / seconds / 1e6,
        seconds);
  }

  /** Three lines that fit on 80 columns. */
  static List<String> lines(
      String title,
      ProgressLine now,
      HugeCoverage huge,
      long collapses,
      double mips,
      double seconds) {
    return List.of(
        String.format(
            Locale.ROOT, "%-8s %s  %.1f s, %.0f MIPS", title, arrived(now), seconds, mips),
        String.format(
            Locale.ROOT,
            "%s%s userfault messages, %d collapses, %s refused, %s pages wrong",
            MARGIN,
            now.get("messages"),
            collapses,
            now.get("refused"),
            now.get("wrong")),
        String.format(Locale.ROOT, "%shuge %s  %s", MARGIN, huge.percent(), huge.map()));
  }

  /** A bar for a text like {@code 1650/4096}; the guest says nothing before it is prepared. */
  private static String arrived(ProgressLine now) {
    String part = now.get("pages");
    int slash = part.indexOf('/');
    if (slash < 0) {
      return "[" + " ".repeat(BAR_WIDTH) + "] preparing";
    }
    long done = Long.parseLong(part.substring(0, slash));
    long all = Math.max(1, Long.parseLong(part.substring(slash + 1)));
    int filled = Math.clamp(done * BAR_WIDTH / all, 0, BAR_WIDTH);
    String bar = "[" + "=".repeat(filled) + " ".repeat(BAR_WIDTH - filled) + "]";
    return String.format(Locale.ROOT, "%s %d of %d pages", bar, done, all);
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
  }
}
