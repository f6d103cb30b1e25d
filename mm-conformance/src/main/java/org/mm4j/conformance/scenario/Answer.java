/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.scenario;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * What came of a step, once every thread has its result or waits.
 *
 * @param outcome of the step itself
 * @param released the results of threads that had waited, and wait no longer
 * @param detail what else is known about how it was done: scan results of a collapse; empty if
 *     there is nothing to say, {@link #UNKNOWN} if the side cannot know
 */
public record Answer(Outcome outcome, SortedMap<Lane, Outcome> released, String detail) {
  /** The detail of a side that cannot know it. */
  public static final String UNKNOWN = "?";

  private static final String SEPARATOR = "; ";

  /** Copies the results. */
  public Answer {
    released = Collections.unmodifiableSortedMap(new TreeMap<>(released));
  }

  /** Creates an answer that released nobody. */
  public static Answer of(Outcome outcome) {
    return new Answer(outcome, new TreeMap<>(), "");
  }

  /** Reads what {@link #toString} wrote. */
  public static Answer parse(String text) {
    String[] parts = text.split(SEPARATOR, -1);
    SortedMap<Lane, Outcome> released = new TreeMap<>();
    String detail = "";
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].startsWith("[")) {
        detail = parts[i].substring(1, parts[i].length() - 1);
      } else {
        int equals = parts[i].indexOf('=');
        released.put(
            Lane.parse(parts[i].substring(0, equals)), new Outcome(parts[i].substring(equals + 1)));
      }
    }
    return new Answer(new Outcome(parts[0]), released, detail);
  }

  /** Returns the same answer with the detail left out. */
  public Answer withoutDetail() {
    return new Answer(outcome, released, "");
  }

  @Override
  public String toString() {
    StringJoiner printed = new StringJoiner(SEPARATOR);
    printed.add(outcome.text());
    for (Map.Entry<Lane, Outcome> each : released.entrySet()) {
      printed.add(each.getKey() + "=" + each.getValue());
    }
    if (!detail.isEmpty() && !detail.equals(UNKNOWN)) {
      printed.add("[" + detail + "]");
    }
    return printed.toString();
  }
}
