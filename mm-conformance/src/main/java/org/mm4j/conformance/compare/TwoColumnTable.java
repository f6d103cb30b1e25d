/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.mm4j.conformance.scenario.Answer;
import org.mm4j.conformance.scenario.Step;
import org.mm4j.conformance.scenario.World;
import org.mm4j.conformance.side.SideRun;

/** Shows a difference: each step, and beside it what the two sides answer. */
public final class TwoColumnTable {
  private TwoColumnTable() {}

  private record Row(String step, String first, String second) {}

  /**
   * Makes the steps again, and writes the table.
   *
   * @param comparison the two sides
   * @param difference the difference
   */
  public static String of(Comparison comparison, Difference difference) {
    List<Row> rows = new ArrayList<>();
    rows.add(new Row("", comparison.first().name(), comparison.second().name()));
    try (SideRun first = comparison.first().begin();
        SideRun second = comparison.second().begin()) {
      World world = new World();
      for (Step step : difference.made()) {
        if (!world.permits(step)) {
          continue;
        }
        Answer expected = second.make(step);
        Answer answer = first.make(step);
        world.record(step, expected);
        rows.add(new Row(step.toString(), answer.toString(), expected.toString()));
      }
    }
    if (!difference.what().equals(Difference.ANSWER)
        && !difference.what().equals(Difference.DETAIL)) {
      rows.add(new Row(difference.what(), difference.first(), difference.second()));
    }
    return print(rows);
  }

  private static String print(List<Row> rows) {
    int step = rows.stream().mapToInt(row -> row.step().length()).max().orElse(0);
    int first = rows.stream().mapToInt(row -> row.first().length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    for (Row row : rows) {
      String mark = row.first().equals(row.second()) || row.step().isEmpty() ? " " : "*";
      text.append(
          String.format(
              Locale.ROOT,
              "%s %-" + Math.max(step, 1) + "s | %-" + Math.max(first, 1) + "s | %s%n",
              mark,
              row.step(),
              row.first(),
              row.second()));
    }
    return text.toString();
  }
}
