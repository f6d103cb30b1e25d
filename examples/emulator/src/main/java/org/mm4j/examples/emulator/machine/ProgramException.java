/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.machine;

/** A program cannot be had. The message is one line for the user. */
public final class ProgramException extends Exception {
  private static final long serialVersionUID = 1L;

  ProgramException(String message) {
    super(message);
  }
}
