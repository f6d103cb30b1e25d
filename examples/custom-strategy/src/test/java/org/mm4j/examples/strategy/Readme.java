/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.strategy;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The pieces of Java in the README of this repository. */
final class Readme {
  private static final Path FILE = Path.of("..", "..", "README.md");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private Readme() {}

  /** Returns the pieces of one section, in order. */
  static List<String> snippets(String section) {
    try {
      String text = Files.readString(FILE);
      int begin = text.indexOf("\n## " + section + "\n");
      assertTrue(begin >= 0, "the README has no section " + section);
      int end = text.indexOf("\n## ", begin + 1);
      return JAVA.matcher(text.substring(begin, end < 0 ? text.length() : end))
          .results()
          .map((MatchResult snippet) -> snippet.group(1))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
