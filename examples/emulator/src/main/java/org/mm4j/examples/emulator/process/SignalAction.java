/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.process;

/**
 * What a process does about a signal: {@code struct sigaction} of riscv64, 24 bytes.
 *
 * @param handler the handler's address, or {@link #DEFAULT} or {@link #IGNORE}
 * @param flags SA_*
 * @param mask signals blocked while the handler runs
 */
public record SignalAction(long handler, long flags, long mask) {
  /** SIG_DFL. */
  public static final long DEFAULT = 0;

  /** SIG_IGN. */
  public static final long IGNORE = 1;

  static final SignalAction INITIAL = new SignalAction(DEFAULT, 0, 0);

  private static final long ON_STACK = 0x0800_0000;
  private static final long RESTART = 0x1000_0000;
  private static final long NO_DEFER = 0x4000_0000;
  private static final long RESET_HAND = 0x8000_0000L;

  boolean hasHandler() {
    return handler != DEFAULT && handler != IGNORE;
  }

  boolean usesAlternateStack() {
    return (flags & ON_STACK) != 0;
  }

  boolean restartsCalls() {
    return (flags & RESTART) != 0;
  }

  boolean blocksItself() {
    return (flags & NO_DEFER) == 0;
  }

  boolean isForOnce() {
    return (flags & RESET_HAND) != 0;
  }
}
