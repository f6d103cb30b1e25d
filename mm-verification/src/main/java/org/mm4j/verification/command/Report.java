/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.command;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.mm4j.testkit.explore.Verdict;

/** The table of all trials, as text that is also a table in Markdown. */
final class Report {
  private static final List<String> HEADINGS =
      List.of(
          "roles", "world", "model", "bound", "sections", "runs", "steps", "seconds", "verdict");

  private final List<TrialResult> results;

  Report(List<TrialResult> results) {
    this.results = List.copyOf(results);
  }

  /** Returns how often there was each grade. */
  Map<TrialResult.Grade, Integer> grades() {
    Map<TrialResult.Grade, Integer> grades = new EnumMap<>(TrialResult.Grade.class);
    for (TrialResult result : results) {
      grades.merge(result.grade(), 1, Integer::sum);
    }
    return grades;
  }

  /** Returns the table, the sums, and every violation with its timeline. */
  String text() {
    StringBuilder text = new StringBuilder(table());
    text.append(System.lineSeparator()).append(sums()).append(System.lineSeparator());
    for (TrialResult result : results) {
      if (result.verdict() instanceof Verdict.Broken broken) {
        text.append(System.lineSeparator())
            .append("## ")
            .append(result.trial().scenario().name())
            .append(System.lineSeparator())
            .append(System.lineSeparator())
            .append("```text")
            .append(System.lineSeparator())
            .append(broken)
            .append(System.lineSeparator())
            .append("```")
            .append(System.lineSeparator());
      }
    }
    return text.toString();
  }

  /** Returns how many trials ended how. */
  String sums() {
    List<String> sums = new ArrayList<>();
    grades().forEach((grade, count) -> sums.add(count + " " + grade));
    return results.size() + " explorations: " + String.join(", ", sums) + ".";
  }

  private String table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    results.forEach(result -> rows.add(result.row()));
    int[] widths = new int[HEADINGS.size()];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      appendRow(table, rows.get(i), widths);
      if (i == 0) {
        appendRule(table, widths);
      }
    }
    return table.toString();
  }

  private static void appendRow(StringBuilder table, List<String> row, int[] widths) {
    table.append('|');
    for (int column = 0; column < widths.length; column++) {
      String cell = row.get(column);
      table.append(' ').append(cell).repeat(' ', widths[column] - cell.length()).append(" |");
    }
    table.append(System.lineSeparator());
  }

  private static void appendRule(StringBuilder table, int[] widths) {
    table.append('|');
    for (int width : widths) {
      table.repeat('-', width + 2).append('|');
    }
    table.append(System.lineSeparator());
  }
}
