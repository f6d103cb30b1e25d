/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.report;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.mm4j.CollapseStatistics;
import org.mm4j.MemoryStatistics;
import org.mm4j.Pages;
import org.mm4j.ScanResult;
import org.mm4j.examples.emulator.machine.RunResult;

/** The figures at the end of a run, one per line. */
public final class RunReport {
  private static final int NAME_WIDTH = 24;
  private static final int COLUMNS = 100;

  private final StringBuilder text = new StringBuilder();

  private RunReport() {}

  /**
   * Returns the report.
   *
   * @param copyNanos what {@link CopyBaseline} measured in the same run
   */
  public static String of(RunResult run, long copyNanos) {
    RunReport report = new RunReport();
    report.addSpeed(run);
    report.addMemory(run.memory());
    report.addCollapses(run.collapses(), copyNanos);
    HugeCoverage coverage = HugeCoverage.of(run.mappings());
    report.add(
        "huge at the end",
        "%s of the mapped bytes (%d of %d KiB)",
        coverage.percent(),
        coverage.hugeBytes() >> 10,
        coverage.residentBytes() >> 10);
    if (!coverage.map().isEmpty()) {
      report.add("", "%s  (a group per mapping: # huge, . not)", coverage.map());
    }
    report.add("userfaultfd messages", "%d", run.userfaultMessages());
    for (Map.Entry<Long, Long> call : new TreeMap<>(run.unknownCalls()).entrySet()) {
      report.add(
          "unknown system call", "%d, answered ENOSYS %d times", call.getKey(), call.getValue());
    }
    return report.text.toString();
  }

  private void addSpeed(RunResult run) {
    add("guest", "%s after %.2f s", run.status(), run.nanos() / 1e9);
    add("instructions", "%d, %.1f million per second", run.instructions(), run.mips());
  }

  private void addMemory(MemoryStatistics memory) {
    add(
        "page faults",
        "%d, %.0f ns each (in a JVM that is warming up; waits not included)",
        memory.faults(),
        perItem(memory.faultNanos(), memory.faults()));
    add(
        "TLB shootdowns",
        "%d, the longest %.1f us until every processor had answered",
        memory.flushes(),
        memory.longestFlushNanos() / 1e3);
    add(
        "resident memory",
        "%d pages of 4 KiB; the host gave %d MiB of at most %d MiB",
        memory.usedFrames(),
        memory.committedBytes() >> 20,
        (memory.totalFrames() * Pages.SIZE_BYTES) >> 20);
    add(
        "bookkeeping",
        "%d KiB of tables, trees and structures: %.1f bytes per resident page",
        memory.metadataBytes() >> 10,
        perItem(memory.metadataBytes(), memory.usedFrames()));
  }

  private void addCollapses(CollapseStatistics collapses, long copyNanos) {
    add(
        "collapses",
        "%d by strategy %s, %.0f us each (plain copy of 512 pages: %.0f us)",
        collapses.collapses(),
        collapses.strategy(),
        perItem(collapses.collapseNanos(), collapses.collapses()) / 1e3,
        copyNanos / 1e3);
    add(
        "  khugepaged's looks",
        "%s; %d full scans",
        results(collapses.daemonResults()),
        collapses.fullScans());
    add("  MADV_COLLAPSE calls", "%s", results(collapses.madviseResults()));
    add("", "succeeded counts ranges that were found huge as well");
  }

  /** Results by name, in the order of their numbers. */
  static String results(Map<ScanResult, Long> counts) {
    StringJoiner text = new StringJoiner(", ");
    text.setEmptyValue("none");
    Map<ScanResult, Long> inOrder = new EnumMap<>(ScanResult.class);
    inOrder.putAll(counts);
    inOrder.forEach(
        (result, count) -> {
          if (count > 0) {
            text.add(result.traceText() + " " + count);
          }
        });
    return text.toString();
  }

  private static double perItem(long sum, long count) {
    return count == 0 ? 0 : (double) sum / count;
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency more
  private void add(String name, String format, Object... values) {
    append(name, String.format(Locale.ROOT, format, values));
  }

  /** Appends a value behind its name, on as many lines as it needs. */
  private void append(String name, String value) {
    String rest = value;
    String first = name;
    while (rest.length() > COLUMNS - NAME_WIDTH) {
      int end = rest.lastIndexOf(' ', COLUMNS - NAME_WIDTH);
      if (end <= 0) {
        break; // one long word
      }
      appendLine(first, rest.substring(0, end));
      rest = rest.substring(end + 1);
      first = "";
    }
    appendLine(first, rest);
  }

  private void appendLine(String name, String value) {
    text.append(String.format(Locale.ROOT, "%-" + NAME_WIDTH + "s%s\n", name, value));
  }
}
