/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.cli;

import java.io.Console;
import java.io.InputStream;
import java.io.PrintStream;

/**
 * Where a command reads and writes.
 *
 * @param in standard input
 * @param out standard output: what was asked for
 * @param err standard error: progress and mistakes
 * @param isInteractive whether standard error is a terminal that can be redrawn
 * @param columns its width
 */
record Terminal(
    InputStream in, PrintStream out, PrintStream err, boolean isInteractive, int columns) {
  private static final int USUAL_COLUMNS = 100;

  @SuppressWarnings("SystemConsoleNull") // it is null again in JDK 25 when there is no terminal
  static Terminal ofThisProcess() {
    Console console = System.console();
    boolean isTerminal = console != null && console.isTerminal();
    return new Terminal(System.in, System.out, System.err, isTerminal, columnsOfEnvironment());
  }

  private static int columnsOfEnvironment() {
    String columns = System.getenv("COLUMNS");
    return columns != null && columns.matches("[1-9][0-9]{1,3}")
        ? Integer.parseInt(columns)
        : USUAL_COLUMNS;
  }
}
