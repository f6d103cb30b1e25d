/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.util.List;
import java.util.Locale;
import org.mm4j.conformance.scenario.Outcome;

/** How userfaultfd messages are written in an outcome. */
final class Messages {
  private Messages() {}

  static String pageFault(long address, long flags) {
    return String.format(Locale.ROOT, "fault(0x%x,%d)", address, flags);
  }

  /** Threads that fault at the same time queue in any order, so the messages are sorted. */
  static Outcome outcome(List<String> messages) {
    return messages.isEmpty()
        ? new Outcome("ok none")
        : Outcome.ok(String.join(" ", messages.stream().sorted().toList()));
  }
}
