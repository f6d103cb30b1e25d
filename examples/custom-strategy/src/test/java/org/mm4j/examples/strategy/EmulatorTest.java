/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.examples.strategy.Launch.Outcome;

/** The emulator finds the strategies by name, and a guest that watches its holes survives them. */
final class EmulatorTest {
  private static final String MAIN = "org.mm4j.examples.emulator.EmulatorMain";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"ask-first", "full-ranges-only"})
  void runsOnTheModulePath(String strategy) throws Exception {
    requireAnIntactMigration(
        strategy,
        List.of(
            "-p", Launch.libraryPathWithThisModule(), "-m", "org.mm4j.examples.emulator/" + MAIN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ask-first", "full-ranges-only"})
  void runsOnTheClassPath(String strategy) throws Exception {
    requireAnIntactMigration(strategy, List.of("-cp", Launch.libraryPathWithThisModule(), MAIN));
  }

  private void requireAnIntactMigration(String strategy, List<String> java) throws Exception {
    List<String> migration = List.of("migrate", "--ranges", "1", "--strategy", strategy);
    Outcome outcome =
        Launch.java(folder, Stream.of(java, migration).flatMap(List::stream).toList());
    assertEquals(0, outcome.status(), outcome::text);
    assertTrue(outcome.text().contains("by strategy " + strategy), outcome::text);
    assertTrue(outcome.text().contains("VERDICT: intact"), outcome::text);
  }
}
