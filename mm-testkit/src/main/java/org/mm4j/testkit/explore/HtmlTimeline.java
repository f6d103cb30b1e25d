/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a run as one page for a browser: what happened, the world after the chosen step, and
 * all steps with one column per task. The whole table is in the page, so it can be read without
 * scripts; a short script in it moves through the steps.
 */
final class HtmlTimeline {
  private static final String FRAME = "timeline.html";

  private HtmlTimeline() {}

  static String of(Violation violation, Verdict.Effort effort) {
    return frame()
        .replace("@TITLE@", escaped("Rule " + violation.rule() + ": " + effort.world()))
        .replace("@MESSAGE@", escaped(violation.message()))
        .replace("@EFFORT@", escaped(effort.toString()))
        .replace("@SCHEDULE@", escaped(violation.schedule()))
        .replace("@TABLE@", table(violation));
  }

  /** Writes the page and returns where it is, or why it could not be written. */
  static String write(Path directory, Violation violation, Verdict.Effort effort) {
    String name = effort.world() + "-" + effort.model() + "-" + violation.rule();
    Path file = directory.resolve(name.replaceAll("[^A-Za-z0-9.-]+", "-") + ".html");
    try {
      Files.createDirectories(directory);
      Files.writeString(file, of(violation, effort));
      return file.toAbsolutePath().toString();
    } catch (IOException e) {
      return "not written: " + e;
    }
  }

  private static String frame() {
    try (InputStream in = HtmlTimeline.class.getResourceAsStream(FRAME)) {
      if (in == null) {
        throw new IllegalStateException("the kit has lost its " + FRAME);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String table(Violation violation) {
    StringBuilder html = new StringBuilder("<table id=\"steps\"><thead><tr><th>step</th>");
    for (String task : violation.tasks()) {
      html.append("<th>").append(escaped(task)).append("</th>");
    }
    html.append("<th>world afterwards</th></tr></thead><tbody>\n");
    WorldView before = WorldView.EMPTY;
    List<Violation.Entry> entries = violation.entries();
    for (int i = 0; i < entries.size(); i++) {
      Violation.Entry entry = entries.get(i);
      html.append("<tr><td>").append(i).append("</td>");
      for (int task = 0; task < violation.tasks().size(); task++) {
        html.append("<td>").append(task == entry.task() ? escaped(entry.text()) : "");
        html.append("</td>");
      }
      html.append("<td>");
      appendView(html, entry.view(), before);
      html.append("</td></tr>\n");
      before = entry.view();
    }
    return html.append("</tbody></table>").toString();
  }

  private static void appendView(StringBuilder html, WorldView view, WorldView before) {
    for (WorldView.Row row : view.rows()) {
      html.append("<div class=\"row\"><span class=\"label\">")
          .append(escaped(row.label()))
          .append("</span>");
      List<String> old = cellsOf(before, row.label());
      for (int i = 0; i < row.cells().size(); i++) {
        String cell = row.cells().get(i);
        boolean changed = old != null && (i >= old.size() || !old.get(i).equals(cell));
        html.append(changed ? "<span class=\"cell changed\">" : "<span class=\"cell\">")
            .append(escaped(cell))
            .append("</span>");
      }
      html.append("</div>");
    }
  }

  private static @Nullable List<String> cellsOf(WorldView view, String label) {
    for (WorldView.Row row : view.rows()) {
      if (row.label().equals(label)) {
        return row.cells();
      }
    }
    return null;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
