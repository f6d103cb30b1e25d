/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.strategy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a user of the library does outside of Maven: javac and java, on a path of jars. */
final class Launch {
  private static final int LIMIT_SECONDS = 100;

  /** How a Java virtual machine ended, and what it printed. */
  record Outcome(int status, String text) {}

  private Launch() {}

  /** The library, and what it needs at run time: no test libraries, and not this module. */
  static String libraryPath() {
    return path(entry -> isLibrary(entry) && !isThisModule(entry));
  }

  /** The same and this module. */
  static String libraryPathWithThisModule() {
    return path(entry -> isLibrary(entry));
  }

  /** Everything that this test runs on, but for this module. */
  static String testPath() {
    return path(entry -> !isThisModule(entry));
  }

  private static String path(Predicate<String> included) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(included)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static boolean isLibrary(String entry) {
    return Stream.of(
            "test-classes",
            "junit",
            "testkit",
            "verification",
            "apiguardian",
            "opentest4j",
            "mockito",
            "objenesis",
            "byte-buddy")
        .noneMatch(entry::contains);
  }

  private static boolean isThisModule(String entry) {
    return entry.contains("custom-strategy");
  }

  /** Compiles all sources below a folder. */
  static void compile(Path sources, Path classes, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-Xlint:all", "-Werror"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("-d", classes.toString()));
    try (Stream<Path> files = Files.walk(sources)) {
      files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
    }
    StringWriter messages = new StringWriter();
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                new PrintWriter(messages),
                new PrintWriter(messages),
                arguments.toArray(String[]::new));
    assertTrue(status == 0, () -> "it does not compile:\n" + messages);
  }

  /** Runs java with these arguments in a folder, and waits for it. */
  static Outcome java(Path folder, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("it does not end: " + command);
    }
    return new Outcome(process.exitValue(), Files.readString(output, UTF_8));
  }
}
