/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.report;

import java.util.HashMap;
import java.util.Map;

/**
 * A line {@code progress name=value...} of the migration guest.
 *
 * @param values the values by name
 */
public record ProgressLine(Map<String, String> values) {
  /** Before the first line. */
  public static final ProgressLine NONE = new ProgressLine(Map.of());

  private static final String PREFIX = "progress ";

  /** Copies the map. */
  public ProgressLine {
    values = Map.copyOf(values);
  }

  /** Reads a line; one of another kind has no values. */
  public static ProgressLine parse(String line) {
    if (!line.startsWith(PREFIX)) {
      return NONE;
    }
    Map<String, String> values = new HashMap<>();
    for (String pair : line.substring(PREFIX.length()).strip().split(" ", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return new ProgressLine(values);
  }

  /** Returns a value, or {@code 0}. */
  public String get(String name) {
    return values.getOrDefault(name, "0");
  }
}
