/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tracepoint of the kernel's collapse code that a thread has passed.
 *
 * @param name the tracepoint, for instance {@code mm_khugepaged_scan_file}
 * @param threadId the thread
 * @param result the scan result in the kernel's words, for instance {@code succeeded} or {@code
 *     page_filled}; empty for a tracepoint without one
 * @param fields everything that was recorded, as printed
 */
public record CollapseEvent(String name, int threadId, String result, String fields) {
  /** Name and number of the thread, processor, flags, time, tracepoint, fields. */
  private static final Pattern LINE =
      Pattern.compile(".*-(\\d+)\\s+\\[\\d+\\]\\s.*?\\d:\\s(mm_[a-z_]+):\\s(.*)");

  /** File events have a result at their end, the others a status. */
  private static final Pattern RESULT = Pattern.compile("(?:result|status)=([a-z_]+)");

  /** Reads a line of the kernel's trace; nothing if it is about something else. */
  static Optional<CollapseEvent> parse(String line) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String fields = parts.group(3);
    Matcher results = RESULT.matcher(fields);
    String last = "";
    while (results.find()) { // a file's name is printed before, and may look like one
      last = results.group(1);
    }
    return Optional.of(
        new CollapseEvent(parts.group(2), Integer.parseInt(parts.group(1)), last, fields));
  }

  /** Returns the value of a field as printed, or nothing if there is no such field. */
  public Optional<String> field(String field) {
    Matcher value = Pattern.compile("(?:^|, )" + Pattern.quote(field) + "=([^,]*)").matcher(fields);
    return value.find() ? Optional.of(value.group(1)) : Optional.empty();
  }
}
