/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.machine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.mm4j.testkit.RunningKernel;

/**
 * The control: the guests' C sources, built for this machine, on the running kernel. What the
 * emulator is held to is what Linux does.
 *
 * <p>Where something is missing the tests are skipped and say what; with {@code
 * MM4J_REQUIRE_KERNEL} in the environment, which {@code .ci/run} sets where it finds the features,
 * that is a failure.
 */
@Tag("kernel")
final class HostControlTest {
  private static final Path FOLDER = Path.of("src", "guest").toAbsolutePath();
  private static final Path COLLAPSE = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  private record Outcome(int status, String output) {
    String lastLine() {
      return output.lines().reduce("", (before, line) -> line);
    }
  }

  @BeforeAll
  static void requireCompilerAndKernel() throws Exception {
    RunningKernel.require(
        System.getProperty("os.name").equals("Linux"), () -> "the control needs a Linux kernel");
    RunningKernel.require(isThere("cc"), () -> "the control needs a C compiler (cc)");
    RunningKernel.require(
        Files.exists(COLLAPSE), () -> "the running kernel has no transparent huge pages");
  }

  private static boolean isThere(String command) throws IOException, InterruptedException {
    return new ProcessBuilder("sh", "-c", "command -v " + command).start().waitFor() == 0;
  }

  private static Outcome run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(FOLDER.resolve("run-on-host.sh").toString());
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("control", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      assertTrue(process.waitFor(100, TimeUnit.SECONDS), "the control does not end");
      return new Outcome(process.exitValue(), Files.readString(output, UTF_8));
    } finally {
      Files.delete(output);
    }
  }

  /** A kernel that has userfaultfd and MADV_COLLAPSE must keep every page; one without skips. */
  @Test
  void theRunningKernelKeepsEveryPage() throws Exception {
    Outcome outcome = run("migration", "--ranges", "2");
    RunningKernel.require(outcome.status() != 2, outcome::lastLine);
    assertEquals("VERDICT: intact", outcome.lastLine(), outcome::output);
    assertEquals(0, outcome.status());
  }

  @Test
  void theRunningKernelPassesTheMemoryChecks() throws Exception {
    Outcome probe = run("migration", "--ranges", "1");
    RunningKernel.require(
        probe.status() != 2, () -> "no collapse of memory files: " + probe.lastLine());
    Outcome outcome = run("memory");
    assertEquals(GuestRun.expected("memory"), outcome.output());
    assertEquals(0, outcome.status());
  }
}
