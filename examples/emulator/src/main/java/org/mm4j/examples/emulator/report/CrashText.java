/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.report;

import java.util.List;
import java.util.Locale;
import org.mm4j.Access;
import org.mm4j.MappingView;
import org.mm4j.Protection;
import org.mm4j.examples.emulator.abi.Signals;
import org.mm4j.examples.emulator.process.CrashReport;

/** A crash in words: the signal, where, what is mapped around it, the registers. */
public final class CrashText {
  private CrashText() {}

  /** Returns the report, several lines. */
  public static String of(CrashReport crash) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "guest ended by %s in thread %d: %s%n",
            Signals.name(crash.signal()),
            crash.thread(),
            cause(crash)));
    text.append(String.format(Locale.ROOT, "  at pc 0x%x: %s%n", crash.pc(), crash.instruction()));
    if (crash.access() != null) {
      appendMappings(text, crash);
    }
    crash.registers().lines().forEach(line -> text.append("  ").append(line).append('\n'));
    return text.toString();
  }

  private static String cause(CrashReport crash) {
    Access access = crash.access();
    if (access == null) {
      return crash.sender() == 0 ? instructionFault(crash.signal()) : "sent by the guest itself";
    }
    String what =
        switch (access) {
          case READ -> "read";
          case WRITE -> "write";
          case EXECUTE -> "fetch";
        };
    return String.format(Locale.ROOT, "%s at 0x%x: %s", what, crash.address(), reason(crash));
  }

  private static String instructionFault(int signal) {
    return switch (signal) {
      case Signals.SIGILL -> "illegal instruction";
      case Signals.SIGTRAP -> "breakpoint";
      case Signals.SIGKILL -> "out of physical memory (see --memory)";
      default -> "fault";
    };
  }

  private static String reason(CrashReport crash) {
    if (crash.signal() == Signals.SIGSEGV) {
      return crash.code() == 1 ? "nothing is mapped there" : "the mapping does not permit it";
    }
    return crash.code() == Signals.BUS_ADRALN
        ? "not aligned"
        : "beyond the end of the file, or no memory left";
  }

  /** The mapping there, or its neighbours. */
  private static void appendMappings(StringBuilder text, CrashReport crash) {
    List<MappingView> views = crash.mappings();
    long address = crash.address();
    for (int i = 0; i < views.size(); i++) {
      MappingView view = views.get(i);
      boolean isThere = view.range().contains(address);
      boolean isBefore =
          Long.compareUnsigned(view.range().start(), address) < 0
              && (i + 1 == views.size()
                  || Long.compareUnsigned(views.get(i + 1).range().start(), address) > 0);
      boolean isAfter =
          Long.compareUnsigned(view.range().start(), address) > 0
              && (i == 0 || Long.compareUnsigned(views.get(i - 1).range().start(), address) < 0);
      if (isThere || isBefore || isAfter) {
        String place = isThere ? "mapped there" : isBefore ? "mapped below" : "mapped above";
        text.append("  ").append(place).append(": ").append(describe(view)).append('\n');
      }
    }
  }

  private static String describe(MappingView view) {
    return String.format(
        Locale.ROOT,
        "0x%x-0x%x %s%s%s %s",
        view.range().start(),
        view.range().end(),
        view.protection().contains(Protection.READ) ? "r" : "-",
        view.protection().contains(Protection.WRITE) ? "w" : "-",
        view.protection().contains(Protection.EXECUTE) ? "x" : "-",
        view.fileName() == null ? "" : view.fileName());
  }
}
