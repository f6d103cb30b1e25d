/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The steps of a run as a page for a browser. */
final class HtmlTimeline {
  private HtmlTimeline() {}

  static String of(Violation violation, Verdict.Effort effort) {
    return "<!doctype html><title>"
        + escaped(effort.world())
        + "</title><pre>"
        + escaped(violation.timeline())
        + "</pre>";
  }

  /** Writes the page and returns where it is, or why it could not be written. */
  static String write(Path directory, Violation violation, Verdict.Effort effort) {
    Path file =
        directory.resolve(
            (effort.world() + "-" + effort.model() + "-" + violation.rule())
                    .replaceAll("[^A-Za-z0-9.-]+", "-")
                + ".html");
    try {
      Files.createDirectories(directory);
      Files.writeString(file, of(violation, effort));
      return file.toAbsolutePath().toString();
    } catch (IOException e) {
      return "not written: " + e;
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
