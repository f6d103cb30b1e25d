/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import picocli.CommandLine;

/** The command line, its table and its exit codes, on pairs that take no time. */
@Isolated
final class VerifyInterleavingsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine command = VerifyInterleavings.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    return command.execute(arguments);
  }

  @Test
  void aCompletePairIsZero(@TempDir Path folder) throws Exception {
    Path report = folder.resolve("report.md");
    int code =
        run("--pair", "collapse+register-locked", "--model", "sc", "--report", report.toString());
    assertEquals(0, code, err::toString);
    assertTrue(out.toString().contains("1 explorations: 1 complete."), out::toString);
    assertTrue(Files.readString(report).contains("| collapse+register-locked |"));
  }

  @Test
  void aComparisonWithTheNaiveSearchIsPrinted() {
    int code = run("--pair", "seek-data+fork", "--model", "SC", "--naive", "--budget", "3s");
    assertEquals(0, code, err::toString);
    assertTrue(out.toString().contains("naive search: "), out::toString);
  }

  @Test
  void aBrokenPairIsOneAndItsScheduleReplays() {
    String[] pair = {
      "--strategy", "pre-fix", "--pair", "collapse+register-locked", "--model", "SC"
    };
    assertEquals(1, run(with(pair, "--search", "preemptions:1")), err::toString);
    String text = out.toString();
    assertTrue(text.contains("BROKEN rule 0.1 by "), text);
    String schedule = text.replaceFirst("(?s).*BROKEN rule 0.1 by ([0-9fx ]+?) *\\|.*", "$1");
    out.getBuffer().setLength(0);
    assertEquals(1, run(with(pair, "--replay", schedule)), err::toString);
    assertTrue(out.toString().contains("BROKEN rule 0.1 by " + schedule), out::toString);
  }

  private static String[] with(String[] arguments, String... more) {
    String[] all = new String[arguments.length + more.length];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return all;
  }

  @Test
  void whatDoesNotEndInItsTimeIsThreeAndNotRoundedUp() {
    int code = run("--pair", "collapse+seek-hole", "--model", "SC", "--budget", "1s");
    assertEquals(3, code, err::toString);
    assertTrue(out.toString().contains("exhaustive search: "), out::toString);
  }

  @Test
  void aWrongCommandLineIsTwo() {
    assertEquals(2, run("--pair", "collapse+nobody"));
    assertTrue(err.toString().contains("there is no role 'nobody'"), err::toString);
    assertEquals(2, run("--pair", "collapse"));
    assertEquals(2, run("--replay", "0x1"));
    assertEquals(2, run("--search", "deep"));
    assertEquals(2, run("--budget", "5"));
    assertEquals(2, run("--strategy", "nobody's"));
    assertEquals(2, run("--pages", "xyz"));
  }

  @Test
  void theRolesAreListed() {
    assertEquals(0, run("--list"));
    assertTrue(out.toString().contains("register: register, then seek-hole"), out::toString);
  }
}
