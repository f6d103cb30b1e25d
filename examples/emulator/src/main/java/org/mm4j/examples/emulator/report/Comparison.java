/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.mm4j.ScanResult;

/**
 * The same migration with several strategies, side by side, and one sentence about it.
 *
 * @param outcomes the wrong strategies first, the right one last
 */
public record Comparison(List<MigrationOutcome> outcomes) {
  private static final int NAME_WIDTH = 26;
  private static final int COLUMN_WIDTH = 24;

  /** Copies the list. */
  public Comparison {
    outcomes = List.copyOf(outcomes);
  }

  private MigrationOutcome right() {
    return outcomes.getLast();
  }

  private List<MigrationOutcome> wrong() {
    return outcomes.subList(0, outcomes.size() - 1);
  }

  /** Returns whether the right strategy kept every page, and every wrong one broke some. */
  public boolean isAsExpected() {
    return right().isIntact() && wrong().stream().allMatch(MigrationOutcome::isBroken);
  }

  /** Returns the table. */
  public String table() {
    List<String> lines = new ArrayList<>();
    lines.add(row("", MigrationOutcome::strategy));
    lines.add(row("verdict", MigrationOutcome::verdictWord));
    for (MigrationOutcome.Range range : right().ranges()) {
      lines.add(
          row(
              String.format(
                  Locale.ROOT, "range %d, watched from %d", range.number(), range.watchedFrom()),
              outcome -> cell(outcome, range.number())));
    }
    lines.add(row("pages with wrong contents", outcome -> "" + outcome.pagesWrong()));
    lines.add(row("userfault events lost", outcome -> "" + outcome.eventsLost()));
    lines.add(row("pages that nobody sent", outcome -> "" + outcome.pagesAppeared()));
    lines.add(row("userfault messages", outcome -> "" + outcome.run().userfaultMessages()));
    lines.add(row("collapses", outcome -> "" + outcome.run().collapses().collapses()));
    lines.add(
        "looks at a range: khugepaged's + MADV_COLLAPSE's (succeeded: also what was huge before)");
    for (ScanResult result : ScanResult.values()) {
      if (outcomes.stream().anyMatch(o -> o.run().collapses().count(result) > 0)) {
        lines.add(row("  " + result.traceText(), outcome -> collapses(outcome, result)));
      }
    }
    lines.add(
        row("huge at the end", outcome -> HugeCoverage.of(outcome.run().mappings()).percent()));
    lines.add(
        row(
            "guest speed",
            outcome -> String.format(Locale.ROOT, "%.0f MIPS", outcome.run().mips())));
    lines.add(
        row("time", outcome -> String.format(Locale.ROOT, "%.2f s", outcome.run().nanos() / 1e9)));
    return String.join("\n", lines) + "\n";
  }

  private static String cell(MigrationOutcome outcome, int number) {
    for (MigrationOutcome.Range range : outcome.ranges()) {
      if (range.number() == number) {
        String damage = range.isIntact() ? "intact" : range.wrong() + " pages wrong";
        return range.firstCollapse() + ", " + damage;
      }
    }
    return "?";
  }

  private static String collapses(MigrationOutcome outcome, ScanResult result) {
    long daemon = outcome.run().collapses().daemonResults().getOrDefault(result, 0L);
    long madvise = outcome.run().collapses().madviseResults().getOrDefault(result, 0L);
    return daemon + " + " + madvise;
  }

  private String row(String name, Function<MigrationOutcome, String> cell) {
    StringBuilder line = new StringBuilder(padded(name, NAME_WIDTH));
    for (MigrationOutcome outcome : outcomes) {
      line.append(padded(cell.apply(outcome), COLUMN_WIDTH));
    }
    return line.toString().stripTrailing();
  }

  private static String padded(String text, int width) {
    return String.format(Locale.ROOT, "%-" + width + "s", text);
  }

  /** Returns one sentence that sums it up, on a line per strategy. */
  public String sentence() {
    if (!isAsExpected()) {
      List<String> verdicts =
          outcomes.stream().map(o -> o.strategy() + " ended \"" + o.verdict() + "\"").toList();
      return "Not as documented: " + String.join(", ", verdicts) + ".";
    }
    List<String> losses =
        wrong().stream()
            .map(
                o ->
                    String.format(
                        Locale.ROOT,
                        "%s lost %d events and let the guest read %d wrong pages",
                        o.strategy(),
                        o.eventsLost(),
                        o.pagesWrong()))
            .toList();
    return String.join(";\n", losses)
        + ";\n"
        + right().strategy()
        + " answered EBUSY instead and kept every page right.";
  }
}
