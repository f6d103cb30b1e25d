/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every rule of SPEC.md has a test that names it, or says why not; every test names a rule. */
final class SpecTest {
  private static final Pattern RULE =
      Pattern.compile("(?m)^\\*\\*(\\d+\\.\\d+) (MUST|SHOULD)\\*\\* ");
  private static final Pattern TEST = Pattern.compile("\\bvoid rule_(\\d+)_(\\d+)_\\w+\\(");
  private static final String NOT_TESTED = "*Not tested:* ";

  /** Rule to its text. */
  private static final Map<String, String> RULES = new LinkedHashMap<>();

  private static final Set<String> TESTED = new TreeSet<>();

  @BeforeAll
  static void readTheRepository() throws IOException {
    Path root = root();
    for (String paragraph : Files.readString(root.resolve("docs/SPEC.md")).split("\n\n", -1)) {
      Matcher rule = RULE.matcher(paragraph);
      if (rule.find()) {
        assertEquals(null, RULES.put(rule.group(1), paragraph), "twice: " + rule.group(1));
      }
    }
    try (Stream<Path> files = Files.walk(root, 20)) {
      files.filter(SpecTest::isSource).forEach(SpecTest::readTests);
    }
  }

  private static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("docs/SPEC.md"))) {
      directory = directory.getParent();
    }
    return directory;
  }

  private static boolean isSource(Path file) {
    String path = file.toString();
    return path.endsWith(".java") && path.contains("/src/") && !path.contains("/target/");
  }

  private static void readTests(Path file) {
    try {
      Matcher test = TEST.matcher(Files.readString(file));
      while (test.find()) {
        TESTED.add(test.group(1) + "." + test.group(2));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void thereAreRules() {
    assertTrue(RULES.size() > 50, RULES.keySet().toString());
  }

  @Test
  void everyRuleHasATestOrSaysWhyNot() {
    List<String> missing =
        RULES.keySet().stream()
            .filter(rule -> !TESTED.contains(rule) && !RULES.get(rule).contains(NOT_TESTED))
            .toList();
    assertEquals(List.of(), missing, "rules without a test and without \"" + NOT_TESTED + "\"");
  }

  @Test
  void noRuleSaysWhyItIsNotTestedAndIs() {
    List<String> both =
        RULES.keySet().stream()
            .filter(rule -> TESTED.contains(rule) && RULES.get(rule).contains(NOT_TESTED))
            .toList();
    assertEquals(List.of(), both, "rules that are tested and say why not");
  }

  @Test
  void everyTestNamesARule() {
    List<String> unknown = TESTED.stream().filter(rule -> !RULES.containsKey(rule)).toList();
    assertEquals(List.of(), unknown, "named by tests, and not in SPEC.md");
  }

  @Test
  void everyRuleHasAnIntent() {
    List<String> without =
        RULES.entrySet().stream()
            .filter(rule -> !rule.getValue().contains("\n*Intent:* "))
            .map(Map.Entry::getKey)
            .toList();
    assertEquals(List.of(), without);
  }
}
