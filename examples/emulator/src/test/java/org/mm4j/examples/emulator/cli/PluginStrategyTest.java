/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A strategy in a module of its own, compiled here, found and used on the module path. */
final class PluginStrategyTest {
  private static final String SOURCE =
      """
      package plugin;

      import org.mm4j.ScanResult;
      import org.mm4j.khugepaged.strategy.LinuxStrategy;
      import org.mm4j.spi.CollapseSession;
      import org.mm4j.spi.CollapseStrategy;

      public final class Telling implements CollapseStrategy {
        private final LinuxStrategy linux = new LinuxStrategy();

        @Override
        public String name() {
          return "telling";
        }

        @Override
        public ScanResult collapse(CollapseSession session) {
          ScanResult result = linux.collapse(session);
          System.err.println("plugin collapsed: " + result.traceText());
          return result;
        }
      }
      """;
  private static final String MODULE =
      """
      module plugin {
        requires org.mm4j.api;
        requires org.mm4j.khugepaged;

        provides org.mm4j.spi.CollapseStrategy with
            plugin.Telling;
      }
      """;

  @TempDir private static Path folder;
  private static String modulePath = "";

  private record Outcome(int status, String text) {}

  @BeforeAll
  static void compile() throws IOException {
    modulePath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("test-classes") && isNeeded(entry))
            .collect(Collectors.joining(File.pathSeparator));
    Path sources = Files.createDirectories(folder.resolve("source/plugin"));
    Path type = Files.writeString(sources.resolve("Telling.java"), SOURCE);
    Path module = Files.writeString(folder.resolve("source/module-info.java"), MODULE);
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--module-path",
                modulePath,
                "-d",
                folder.resolve("plugin").toString(),
                type.toString(),
                module.toString());
    assertEquals(0, status, "the plug-in does not compile");
  }

  /** What {@code target/lib} holds: no test libraries. */
  private static boolean isNeeded(String entry) {
    return Stream.of("junit", "testkit", "apiguardian", "mockito", "archunit", "byte-buddy")
        .noneMatch(entry::contains);
  }

  private static Outcome run(String path, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-p", path, "-m"));
    command.add("org.mm4j.examples.emulator/org.mm4j.examples.emulator.EmulatorMain");
    command.addAll(List.of(arguments));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(100, TimeUnit.SECONDS), "it does not end");
    return new Outcome(process.exitValue(), Files.readString(output));
  }

  @Test
  void aStrategyOfAPluginCollapsesTheGuestsMemory() throws Exception {
    Outcome outcome =
        run(
            modulePath + File.pathSeparator + folder.resolve("plugin"),
            "migrate",
            "--ranges",
            "1",
            "--strategy",
            "telling");
    assertEquals(0, outcome.status(), outcome::text);
    assertTrue(outcome.text().contains("plugin collapsed: succeeded"), outcome::text);
    assertTrue(outcome.text().contains("by strategy telling"), outcome::text);
    assertTrue(outcome.text().contains("VERDICT: intact"), outcome::text);
  }

  @Test
  void aStrategyThatIsNotThereIsAMistakeThatNamesThePluginsToo() throws Exception {
    Outcome outcome =
        run(
            modulePath + File.pathSeparator + folder.resolve("plugin"),
            "migrate",
            "--strategy",
            "tilling");
    assertEquals(2, outcome.status(), outcome::text);
    assertEquals(1, outcome.text().lines().count(), outcome::text);
    for (String name : List.of("telling", "linux", "seed-v2", "pre-fix")) {
      assertTrue(outcome.text().contains(name), outcome::text);
    }
  }
}
