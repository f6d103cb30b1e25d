/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.mm4j.MemoryException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The commands, and how mistakes are told: one line, exit status 2. */
public final class EmulatorCommandLine {
  /** The exit status for a user's mistake. */
  public static final int USAGE = 2;

  /** The exit status for a defect of the emulator. */
  static final int DEFECT = 70;

  private final Streams streams;

  private EmulatorCommandLine(Streams streams) {
    this.streams = streams;
  }

  /** Uses the streams of this JVM. */
  public static EmulatorCommandLine ofThisProcess() {
    return new EmulatorCommandLine(Streams.ofThisProcess());
  }

  /** Uses given streams, for tests. */
  public static EmulatorCommandLine of(InputStream in, PrintStream out, PrintStream err) {
    return new EmulatorCommandLine(Streams.of(in, out, err));
  }

  /**
   * Runs a command.
   *
   * @return the exit status
   */
  public int run(String... arguments) {
    CommandLine commands = new CommandLine(new Root());
    // What follows the program's name belongs to the program.
    commands.addSubcommand(new CommandLine(new RunCommand(streams)).setStopAtPositional(true));
    commands.addSubcommand(new GuestsCommand(streams));
    commands.addSubcommand(new MigrateCommand(streams));
    commands.addSubcommand(new CompareCommand(streams));
    commands.setOut(writer(streams.out())).setErr(writer(streams.err()));
    commands.setParameterExceptionHandler((mistake, args) -> explain(mistake));
    commands.setExecutionExceptionHandler((failure, command, result) -> explain(failure));
    int status = commands.execute(arguments);
    streams.out().flush();
    streams.err().flush();
    return status;
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  private int explain(ParameterException mistake) {
    String command = mistake.getCommandLine().getCommandSpec().qualifiedName();
    String message = String.valueOf(mistake.getMessage()).lines().findFirst().orElse("wrong usage");
    streams.err().println("mm4j: " + message + " (see '" + command + " --help')");
    return USAGE;
  }

  private int explain(Exception failure) {
    if (failure instanceof UserMistake) {
      streams.err().println("mm4j: " + failure.getMessage());
      return USAGE;
    }
    if (failure instanceof MemoryException refused) {
      streams.err().println("mm4j: the program cannot be loaded: " + refused.getMessage());
      return USAGE;
    }
    streams.err().println("mm4j: this is a defect of the emulator, please report it:");
    failure.printStackTrace(streams.err());
    return DEFECT;
  }

  /** The command without a command: shows what there is. */
  @Command(
      name = "mm4j",
      mixinStandardHelpOptions = true,
      version = "mm4j 0.1.0-SNAPSHOT",
      synopsisSubcommandLabel = "COMMAND",
      description = "Runs static RISC-V Linux programs whose memory is the library's.")
  static final class Root implements Runnable {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
      if (spec != null) {
        throw new ParameterException(spec.commandLine(), "a command is missing");
      }
    }
  }
}
