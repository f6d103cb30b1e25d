/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.mm4j.conformance.campaign.Campaign;
import org.mm4j.conformance.compare.Comparison;
import org.mm4j.conformance.compare.Comparison.Care;
import org.mm4j.conformance.compare.Difference;
import org.mm4j.conformance.compare.StepSource;
import org.mm4j.conformance.compare.Tally;
import org.mm4j.conformance.generate.ScenarioGenerator;
import org.mm4j.conformance.record.RecordedSide;
import org.mm4j.conformance.record.RecordingSide;
import org.mm4j.conformance.side.RunningSide;
import org.mm4j.conformance.side.SimulatedSide;

/**
 * The simulation against what Linux answered when it was recorded, on any operating system.
 * Recorded anew with {@code -Dmm4j.conformance.record=true}, on a kernel that has everything.
 */
final class RecordedAnswersTest {
  private static final Path RECORDINGS = RegressionFiles.RESOURCES.resolve("recordings");
  private static final long FIRST_SEED = 1;
  private static final int FILES = 1;
  private static final int SCENARIOS_PER_FILE = 12;

  @Test
  @DisabledIfSystemProperty(named = "mm4j.conformance.record", matches = "true")
  void theSimulationAnswersAsLinuxDid() throws IOException {
    List<Path> files = recordings();
    Assumptions.assumeFalse(files.isEmpty(), "nothing is recorded yet");
    Tally tally = new Tally();
    for (Path file : files) {
      replay(file, tally);
    }
    assertTrue(tally.steps() > 0, tally::toString);
  }

  private static List<Path> recordings() throws IOException {
    if (!Files.exists(RECORDINGS)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(RECORDINGS)) {
      return list.filter(file -> file.toString().endsWith(".gz")).sorted().toList();
    }
  }

  private static void replay(Path file, Tally tally) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      RecordedSide recorded = new RecordedSide(in);
      Comparison comparison = new Comparison(new SimulatedSide(), recorded, tally);
      for (int scenario = 1; recorded.hasNext(); scenario++) {
        String where = file + " (" + recorded.title() + "), scenario " + scenario;
        Difference difference = comparison.run(StepSource.of(recorded.next()), Care.USUAL);
        assertNull(difference, () -> where + ": " + difference + "\n" + difference.scenario());
      }
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "mm4j.conformance.record", matches = "true")
  void record() throws IOException {
    Files.createDirectories(RECORDINGS);
    long seed = FIRST_SEED;
    for (int file = 0; file < FILES; file++) {
      Path path = RECORDINGS.resolve("seeds-" + seed + ".gz");
      try (RecordingSide linux = recording(path, "seeds from " + seed)) {
        Comparison comparison = new Comparison(new SimulatedSide(), linux, new Tally());
        for (int i = 0; i < SCENARIOS_PER_FILE; i++) {
          assertNull(
              comparison.run(new ScenarioGenerator(seed++, Campaign.SCENARIO_STEPS), Care.USUAL));
        }
      }
    }
    try (RecordingSide linux = recording(RECORDINGS.resolve("regressions.gz"), "regressions")) {
      Comparison comparison = new Comparison(new SimulatedSide(), linux, new Tally());
      for (Path regression : RegressionFiles.all()) {
        assertNull(comparison.run(StepSource.of(RegressionFiles.read(regression)), Care.USUAL));
      }
    }
  }

  private static RecordingSide recording(Path file, String what) throws IOException {
    String title = System.getProperty("os.name") + " " + System.getProperty("os.version");
    return new RecordingSide(new RunningSide(), file, title + ", " + what);
  }
}
