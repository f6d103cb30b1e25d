/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator;

import org.mm4j.examples.emulator.cli.EmulatorCommandLine;

/** The emulator's command line: {@code mm4j COMMAND ...}. */
public final class EmulatorMain {
  private EmulatorMain() {}

  /** Runs a command and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(EmulatorCommandLine.ofThisProcess().run(arguments));
  }
}
