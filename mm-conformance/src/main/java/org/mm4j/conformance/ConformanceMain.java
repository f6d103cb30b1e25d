/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance;

import org.mm4j.conformance.command.ConformanceCommand;

/** The command line of the comparison: {@code mm4j conformance}. */
public final class ConformanceMain {
  private ConformanceMain() {}

  /** Runs the command and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(ConformanceCommand.ofThisProcess().run(arguments));
  }
}
