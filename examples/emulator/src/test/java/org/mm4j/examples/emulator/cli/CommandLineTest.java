/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the user sees: mistakes in one line and status 2, guests' statuses passed on. */
final class CommandLineTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private static Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    Files.writeString(folder.resolve("script"), "#!/bin/sh\n");
    Files.writeString(folder.resolve("empty"), "");
  }

  private int run(String... arguments) {
    return EmulatorCommandLine.of(InputStream.nullInputStream(), print(out), print(err))
        .run(arguments);
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, UTF_8);
  }

  private String errors() {
    return err.toString(UTF_8);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("a command is missing"),
        mistake("Unmatched argument at index 0: 'fly'", "fly"),
        mistake("Missing required parameter: 'PROGRAM'", "run"),
        mistake("no such file, and no bundled guest (compute,", "run", "nosuch"),
        mistake("is a directory", "run", "."),
        mistake("not an ELF program", "run", "FOLDER/script"),
        mistake("an empty file", "run", "FOLDER/empty"),
        mistake("Unknown option: '--fast'", "run", "--fast", "compute"),
        mistake("'lots' is not a size", "run", "--memory", "lots", "compute"),
        mistake("--memory must be between", "run", "--memory", "1M", "compute"),
        mistake("--memory must be between", "run", "--memory", "9999G", "compute"),
        mistake("is too large", "run", "--memory", "999999999999G", "compute"),
        mistake("--scan-sleep", "run", "--scan-sleep", "-1", "compute"),
        mistake("--pages-to-scan", "run", "--pages-to-scan", "0", "compute"),
        mistake("'x' is not a long", "run", "--seed", "x", "compute"),
        mistake("--root: not a directory", "run", "--root", "FOLDER/empty", "compute"),
        mistake("linux", "run", "--strategy", "linus", "compute"),
        mistake("linux", "migrate", "--strategy", "linus"),
        mistake("--ranges must be 1 to 512: 0", "migrate", "--ranges", "0"),
        mistake("--readers must be", "compare", "--readers", "17"),
        mistake("--registration must be", "migrate", "--registration", "some"),
        mistake("Missing required parameter for option '--memory'", "run", "--memory"),
        mistake("Missing required parameter for option '--strategy'", "migrate", "--strategy"),
        mistake("'' is not a size", "run", "--memory", "", "compute"),
        mistake("'-1' is not a size", "run", "--memory", "-1", "compute"),
        mistake("should be specified only once", "run", "--seed", "1", "--seed", "2", "compute"),
        mistake("'99999999999' is not an int", "migrate", "--ranges", "99999999999"),
        mistake("'1e3' is not a long", "compare", "--seed", "1e3"),
        mistake("--seed must not be negative", "compare", "--seed", "-1"),
        mistake("Unmatched argument", "migrate", "surplus"),
        mistake("Unmatched argument", "guests", "surplus"),
        mistake("--root: not a directory", "run", "--root", "FOLDER/nosuch", "compute"),
        mistake("no such file", "run", "nul\0name"),
        mistake("no such file", "run", ""));
  }

  private static Arguments mistake(String told, String... arguments) {
    return arguments(told, arguments);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aMistakeIsToldInOneLine(String told, String[] arguments) {
    String[] real =
        Stream.of(arguments)
            .map(argument -> argument.replace("FOLDER", folder.toString()))
            .toArray(String[]::new);
    assertEquals(2, run(real), this::errors);
    assertEquals(1, errors().lines().count(), this::errors);
    assertTrue(errors().contains(told), this::errors);
    assertFalse(errors().contains("Exception"), this::errors);
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void aGuestWhoseReaderIsGoneEndsQuietly() {
    OutputStream gone =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    EmulatorCommandLine commandLine =
        EmulatorCommandLine.of(
            InputStream.nullInputStream(), new PrintStream(gone, true, UTF_8), print(err));
    assertEquals(128 + 13, commandLine.run("run", "compute"));
    assertEquals("", errors());
  }

  @Test
  void noLineOfAReportIsLongerThan100Columns() {
    assertEquals(0, run("run", "--report", "memory"));
    assertTrue(errors().contains("page faults"), this::errors);
    errors().lines().forEach(line -> assertTrue(line.length() <= 100, line));
  }

  @Test
  void guestsAreListed() {
    assertEquals(0, run("guests"));
    assertTrue(out.toString(UTF_8).contains("migration"));
  }

  @Test
  void helpIsThere() {
    assertEquals(0, run("run", "--help"));
    assertTrue(out.toString(UTF_8).contains("--strategy"));
  }

  @Test
  void aGuestsStatusIsPassedOn() {
    assertEquals(64, run("run", "faulty", "--no-such-fault"));
    assertTrue(errors().startsWith("usage: faulty"), this::errors);
  }

  @Test
  void aCrashIsReportedWithoutAStackTrace() {
    assertEquals(139, run("run", "faulty", "null-read"));
    assertTrue(errors().contains("guest ended by SIGSEGV"), this::errors);
    assertFalse(errors().contains("\tat "), this::errors);
  }

  @Test
  void aGuestThatNeedsMoreMemoryThanThereIsEnds() {
    assertEquals(128 + 9, run("run", "--memory", "8M", "migration", "--ranges", "16"));
    assertTrue(errors().contains("out of physical memory (see --memory)"), this::errors);
    assertFalse(errors().contains("\tat "), this::errors);
  }

  @Test
  void figuresAreShownOnRequest() {
    assertEquals(0, run("run", "--report", "faulty", "unknown-syscall"));
    assertTrue(errors().contains("million per second"), this::errors);
    assertTrue(errors().contains("4000, answered ENOSYS 1 times"), this::errors);
  }

  @Test
  void comparingShowsWhatBreaks() {
    assertEquals(0, run("compare", "--ranges", "2", "--scan-sleep", "10"), this::errors);
    String text = out.toString(UTF_8);
    assertTrue(text.contains("linux answered EBUSY instead and kept every page right."), text);
  }

  @Test
  void migratingWithAWrongStrategyFails() {
    assertEquals(1, run("migrate", "--ranges", "1", "--strategy", "pre-fix"), this::errors);
    assertTrue(out.toString(UTF_8).contains("VERDICT: broken"));
  }
}
