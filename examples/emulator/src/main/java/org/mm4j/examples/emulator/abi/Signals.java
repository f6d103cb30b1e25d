/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.abi;

/** Signal numbers, codes and default actions. */
public final class Signals {
  private static final int SIGQUIT = 3;

  /** Illegal instruction. */
  public static final int SIGILL = 4;

  /** Breakpoint. */
  public static final int SIGTRAP = 5;

  /** {@code abort()}. */
  public static final int SIGABRT = 6;

  /** Bad memory behind a mapping. */
  public static final int SIGBUS = 7;

  private static final int SIGFPE = 8;

  /** Cannot be caught. */
  public static final int SIGKILL = 9;

  /** Bad address. */
  public static final int SIGSEGV = 11;

  /** Nobody reads the pipe. */
  public static final int SIGPIPE = 13;

  /** A child ended. */
  public static final int SIGCHLD = 17;

  /** Go on. */
  public static final int SIGCONT = 18;

  /** Cannot be caught. */
  public static final int SIGSTOP = 19;

  /** Urgent data. */
  public static final int SIGURG = 23;

  private static final int SIGXCPU = 24;
  private static final int SIGXFSZ = 25;

  /** The terminal changed. */
  public static final int SIGWINCH = 28;

  private static final int SIGSYS = 31;

  /** The greatest number. */
  public static final int MAX = 64;

  /** {@code si_code}: sent by kill. */
  public static final int SI_USER = 0;

  /** {@code si_code}: sent by tkill or tgkill. */
  public static final int SI_TKILL = -6;

  /** {@code si_code} of SIGILL: illegal opcode. */
  public static final int ILL_ILLOPC = 1;

  /** {@code si_code} of SIGTRAP: breakpoint. */
  public static final int TRAP_BRKPT = 1;

  /** {@code si_code} of SIGBUS: unaligned. */
  public static final int BUS_ADRALN = 1;

  private static final String[] NAMES = {
    "SIG0",
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
    "SIGSEGV",
    "SIGUSR2",
    "SIGPIPE",
    "SIGALRM",
    "SIGTERM",
    "SIGSTKFLT",
    "SIGCHLD",
    "SIGCONT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGIO",
    "SIGPWR",
    "SIGSYS"
  };

  private Signals() {}

  /** Returns the name, such as {@code SIGSEGV}. */
  public static String name(int signal) {
    return signal >= 0 && signal < NAMES.length ? NAMES[signal] : "signal " + signal;
  }

  /** Returns whether a number names a signal. */
  public static boolean isValid(int signal) {
    return signal >= 1 && signal <= MAX;
  }

  /** Returns the bit of a signal in a set. */
  public static long bit(int signal) {
    return 1L << (signal - 1);
  }

  /** Returns whether the default action is to do nothing. */
  public static boolean isIgnoredByDefault(int signal) {
    return signal == SIGCHLD || signal == SIGCONT || signal == SIGURG || signal == SIGWINCH;
  }

  /** Returns whether the default action leaves a core dump, so that it is worth a report. */
  public static boolean dumpsCore(int signal) {
    return switch (signal) {
      case SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS ->
          true;
      default -> false;
    };
  }

  /** Returns whether a handler can be set. */
  public static boolean canBeCaught(int signal) {
    return signal != SIGKILL && signal != SIGSTOP;
  }
}
