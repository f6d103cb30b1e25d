/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.ArrayList;
import java.util.List;

/** The steps of a run as text, one column per task. */
final class TextTimeline {
  private static final int WIDEST = 60;

  private TextTimeline() {}

  static String of(List<String> tasks, List<Violation.Entry> entries) {
    int[] width = new int[tasks.size()];
    for (int i = 0; i < width.length; i++) {
      width[i] = tasks.get(i).length();
    }
    for (Violation.Entry entry : entries) {
      width[entry.task()] = Math.max(width[entry.task()], Math.min(WIDEST, entry.text().length()));
    }
    StringBuilder text = new StringBuilder();
    appendLine(text, width, tasks);
    for (Violation.Entry entry : entries) {
      List<String> cells = new ArrayList<>();
      for (int i = 0; i < width.length; i++) {
        cells.add(i == entry.task() ? entry.text() : "");
      }
      appendLine(text, width, cells);
    }
    return text.toString();
  }

  private static void appendLine(StringBuilder text, int[] width, List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < width.length; i++) {
      String cell = cells.get(i);
      line.append(cell);
      int rest = width[i] + 2 - cell.length();
      line.append(" ".repeat(Math.max(0, rest)));
    }
    text.append(line.toString().stripTrailing()).append(System.lineSeparator());
  }
}
