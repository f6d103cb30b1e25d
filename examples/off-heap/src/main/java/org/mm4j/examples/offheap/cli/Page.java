/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.cli;

import java.io.PrintStream;
import java.util.Set;
import org.mm4j.examples.offheap.collapse.HugePageReport;
import org.mm4j.examples.offheap.collapse.HugePageReport.Reason;
import org.mm4j.examples.offheap.memory.HugeMemory.Footprint;

/** How it is laid out: a word on the left that says what is going on, sentences on the right. */
final class Page {
  private static final int LEFT = 12;
  private static final int WIDTH = 110;
  // They stay with their number.
  private static final Set<String> UNITS = Set.of("KiB", "MiB", "GiB", "ms", "s", "");

  private final PrintStream out;

  Page(PrintStream out) {
    this.out = out;
  }

  /** Writes a line of its own. */
  void line(String text) {
    out.println(text);
    out.flush();
  }

  /** Begins something. */
  void step(String word, String text) {
    wrapped(word, text);
  }

  /** Says more about it. */
  void more(String text) {
    wrapped("", text);
  }

  private void wrapped(String word, String text) {
    StringBuilder line = new StringBuilder(word);
    pad(line);
    for (String next : text.split(" ", -1)) {
      if (line.length() > LEFT
          && line.length() + next.length() > WIDTH
          && !UNITS.contains(next.replaceAll("\\W+$", ""))) {
        line(line.toString().stripTrailing());
        line.setLength(0);
        pad(line);
      }
      line.append(next).append(' ');
    }
    line(line.toString().stripTrailing());
  }

  private static void pad(StringBuilder line) {
    while (line.length() < LEFT) {
      line.append(' ');
    }
  }

  /** Says what is huge and why the rest is not. */
  void report(HugePageReport report, long blockBytes) {
    Footprint now = report.footprint();
    step(
        "  huge",
        Amounts.bytes(now.hugeBytes())
            + " of the "
            + Amounts.bytes(now.residentBytes())
            + " in memory ("
            + now.hugePercent()
            + " %)"
            + difference(report, blockBytes));
    for (Reason reason : report.reasons()) {
      step("  not huge", blocks(reason) + ": " + reason.why());
    }
  }

  /**
   * The kernel counts what is; the store knows what it did. Others may have done something, too.
   */
  private static String difference(HugePageReport report, long blockBytes) {
    long unexplained = report.footprint().hugeBytes() / blockBytes - report.hugeBlocks();
    if (unexplained > 0) {
      return ", " + unexplained + " blocks of it without a collapse of ours";
    }
    return unexplained < 0
        ? "; " + -unexplained + " blocks that we collapsed are mapped by small translations now"
        : "";
  }

  private static String blocks(Reason reason) {
    int count = reason.blocks().cardinality();
    String pages =
        reason.fewestPages() == reason.mostPages()
            ? String.valueOf(reason.mostPages())
            : reason.fewestPages() + " to " + reason.mostPages();
    return (count == 1 ? "1 block" : count + " blocks")
        + " ("
        + reason.which()
        + "), "
        + pages
        + " pages in memory"
        + (count == 1 ? "" : " each");
  }
}
