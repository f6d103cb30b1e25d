/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.mm4j.MemoryException;
import org.mm4j.linux.LinuxMemory;
import org.mm4j.linux.LinuxProbe;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The command line, and how mistakes are told: one line, exit status 2. */
public final class OffHeapCommandLine {
  /** The exit status for a user's mistake, or a machine that cannot do what was asked for. */
  static final int USAGE = 2;

  /** The exit status for a defect of this program. */
  static final int DEFECT = 70;

  private final PrintStream out;
  private final PrintStream err;
  private final LinuxProbe probe;

  /** Uses given streams and a given answer to what the machine has, for tests. */
  OffHeapCommandLine(PrintStream out, PrintStream err, LinuxProbe probe) {
    this.out = out;
    this.err = err;
    this.probe = probe;
  }

  /** Uses the streams of this JVM. */
  public static OffHeapCommandLine ofThisProcess() {
    return new OffHeapCommandLine(
        new PrintStream(System.out, false, StandardCharsets.UTF_8),
        new PrintStream(System.err, false, StandardCharsets.UTF_8),
        LinuxMemory.probe());
  }

  /**
   * Runs the command.
   *
   * @return the exit status
   */
  public int run(String... arguments) {
    CommandLine command = new CommandLine(new OffHeapCommand(out, probe));
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setOut(writer(out)).setErr(writer(err));
    command.setParameterExceptionHandler((mistake, args) -> explain(mistake));
    command.setExecutionExceptionHandler((failure, which, result) -> explain(failure));
    int status = command.execute(arguments);
    out.flush();
    err.flush();
    return status;
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  private int explain(ParameterException mistake) {
    String message = String.valueOf(mistake.getMessage()).lines().findFirst().orElse("wrong usage");
    err.println("off-heap: " + message + " (see --help)");
    return USAGE;
  }

  private int explain(Exception failure) {
    out.flush();
    if (failure instanceof UserMistake) {
      err.println("off-heap: " + failure.getMessage());
      return USAGE;
    }
    if (failure instanceof MemoryException refused) {
      err.println("off-heap: the kernel refused: " + refused.getMessage());
      return USAGE;
    }
    err.println("off-heap: this is a defect of the example, please report it:");
    failure.printStackTrace(err);
    return DEFECT;
  }
}
