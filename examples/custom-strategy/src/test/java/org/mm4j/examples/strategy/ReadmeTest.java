/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the README shows is what is here. */
final class ReadmeTest {
  private static final String LICENSE = "/* SPDX-License-Identifier: Apache-2.0 */\n";

  @Test
  void theStrategyOfTheReadmeIsTheOneOfThisModule() throws IOException {
    assertEquals(
        source("main", "AskFirst.java"), Readme.snippets("Write your own strategy").get(0));
  }

  @Test
  void theVerificationOfTheReadmeIsTheOneOfThisModule() throws IOException {
    assertEquals(
        source("test", "AskFirstTest.java"), Readme.snippets("Write your own strategy").get(1));
  }

  private static String source(String folder, String file) throws IOException {
    return Files.readString(
            Path.of("src", folder, "java", "org", "mm4j", "examples", "strategy", file))
        .replace(LICENSE, "");
  }
}
