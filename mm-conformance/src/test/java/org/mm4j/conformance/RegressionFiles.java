/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.mm4j.conformance.scenario.Scenario;

/** The scenarios that once differed, and where the tests keep their data. */
final class RegressionFiles {
  /** Surefire runs in the folder of the module. */
  static final Path RESOURCES = Path.of("src/test/resources");

  private RegressionFiles() {}

  static List<Path> all() throws IOException {
    try (Stream<Path> files = Files.list(RESOURCES.resolve("regressions"))) {
      return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
  }

  static Scenario read(Path file) throws IOException {
    return Scenario.parse(Files.readAllLines(file));
  }
}
