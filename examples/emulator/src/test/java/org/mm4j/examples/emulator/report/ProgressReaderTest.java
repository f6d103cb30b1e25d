/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The guest's progress lines, in whatever pieces they come. */
final class ProgressReaderTest {
  @Test
  void theLatestWholeLineCounts() throws IOException {
    ProgressReader reader = new ProgressReader();
    assertEquals("0", reader.latest().get("pages"));
    reader.write("progress pages=1/2 wrong=0\nprogress pages=2".getBytes(UTF_8));
    assertEquals("1/2", reader.latest().get("pages"));
    reader.write("/2 wrong=3\nnoise pages=9\n".getBytes(UTF_8));
    assertEquals("2/2", reader.latest().get("pages"));
    assertEquals("3", reader.latest().get("wrong"));
  }

  @Test
  void anEndlessLineDoesNoHarm() throws IOException {
    ProgressReader reader = new ProgressReader();
    reader.write("x".repeat(100_000).getBytes(UTF_8));
    reader.write("\nprogress pages=1/1\n".getBytes(UTF_8));
    assertEquals("1/1", reader.latest().get("pages"));
  }
}
