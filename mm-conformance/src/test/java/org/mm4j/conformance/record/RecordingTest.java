/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mm4j.MemorySystem;
import org.mm4j.conformance.compare.Comparison;
import org.mm4j.conformance.compare.Comparison.Care;
import org.mm4j.conformance.compare.Difference;
import org.mm4j.conformance.compare.StepSource;
import org.mm4j.conformance.compare.Tally;
import org.mm4j.conformance.generate.ScenarioGenerator;
import org.mm4j.conformance.side.Side;
import org.mm4j.conformance.side.SimulatedSide;

final class RecordingTest {
  private static final int SCENARIOS = 30;

  @TempDir private Path folder;

  private Path record() throws IOException {
    Path file = folder.resolve("recording.gz");
    try (RecordingSide recording = new RecordingSide(new SimulatedSide(), file, "a test")) {
      Comparison comparison = new Comparison(new SimulatedSide(), recording, new Tally());
      for (int seed = 0; seed < SCENARIOS; seed++) {
        assertNull(comparison.run(new ScenarioGenerator(seed, 60), Care.USUAL));
      }
    }
    return file;
  }

  private static @Nullable Difference replay(Path file, Side simulated) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      RecordedSide recorded = new RecordedSide(in);
      assertEquals("a test", recorded.title());
      Comparison comparison = new Comparison(simulated, recorded, new Tally());
      int scenarios = 0;
      while (recorded.hasNext()) {
        Difference difference = comparison.run(StepSource.of(recorded.next()), Care.USUAL);
        if (difference != null) {
          return difference;
        }
        scenarios++;
      }
      assertEquals(SCENARIOS, scenarios);
      assertFalse(recorded.hasNext());
      return null;
    }
  }

  @Test
  void theSameKernelAgreesWithItsRecording() throws IOException {
    assertNull(replay(record(), new SimulatedSide()));
  }

  @Test
  void anotherKernelDoesNot() throws IOException {
    Side wrong =
        new SimulatedSide(
            () -> MemorySystem.simulated().physicalBytes(128L << 20).strategy("pre-fix").build());
    assertNotNull(replay(record(), wrong));
  }
}
