/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.process;

import org.mm4j.examples.emulator.abi.Signals;

/**
 * How a process ended.
 *
 * @param code what it gave to exit, 0 to 255
 * @param signal the signal that ended it, or 0
 */
public record ExitStatus(int code, int signal) {
  private static final int SIGNAL_BASE = 128;

  /** It ended by itself. */
  public static ExitStatus exited(int code) {
    return new ExitStatus(code & 0xff, 0);
  }

  /** A signal ended it. */
  public static ExitStatus killed(int signal) {
    return new ExitStatus(0, signal);
  }

  /** Returns the exit status a shell would show: 128 + signal for a signal. */
  public int shellStatus() {
    return signal == 0 ? code : SIGNAL_BASE + signal;
  }

  @Override
  public String toString() {
    return signal == 0 ? "exit status " + code : "ended by " + Signals.name(signal);
  }
}
