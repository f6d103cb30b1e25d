/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.compare;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.mm4j.conformance.scenario.Answer;
import org.mm4j.conformance.scenario.CallKind;
import org.mm4j.conformance.scenario.Outcome;

/**
 * How often each call had each outcome: a comparison that meets only trivial outcomes is worth
 * nothing. Not thread-safe.
 */
public final class Tally {
  private static final String RELEASED = "released";
  private static final String NOT_HUGE = "not-huge";

  private final Map<CallKind, SortedMap<String, Long>> outcomes = new EnumMap<>(CallKind.class);
  private final SortedMap<String, Long> scanResults = new TreeMap<>();
  private final SortedMap<String, Long> released = new TreeMap<>();
  private long steps;

  /** Creates an empty tally. */
  public Tally() {}

  /** Counts an answer. */
  public void count(CallKind call, Answer answer) {
    steps++;
    add(call, answer.outcome().kind(), 1);
    for (Outcome outcome : answer.released().values()) {
      released.merge(outcome.kind(), 1L, Long::sum);
    }
    if (!answer.detail().isEmpty() && !answer.detail().equals(Answer.UNKNOWN)) {
      for (String each : answer.detail().split(" ", -1)) {
        int star = each.indexOf('*');
        scanResults.merge(star < 0 ? each : each.substring(0, star), 1L, Long::sum);
      }
    }
  }

  private void add(CallKind call, String kind, long count) {
    outcomes.computeIfAbsent(call, key -> new TreeMap<>()).merge(kind, count, Long::sum);
  }

  /** Adds another tally. */
  public void add(Tally other) {
    steps += other.steps;
    other.outcomes.forEach(
        (call, counts) -> counts.forEach((kind, count) -> add(call, kind, count)));
    other.scanResults.forEach((name, count) -> scanResults.merge(name, count, Long::sum));
    other.released.forEach((name, count) -> released.merge(name, count, Long::sum));
  }

  /** Returns lines from which {@link #read} makes the same tally. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    outcomes.forEach(
        (call, counts) ->
            counts.forEach((kind, count) -> lines.add(call.text() + " " + kind + " " + count)));
    released.forEach((kind, count) -> lines.add(RELEASED + " " + kind + " " + count));
    scanResults.forEach((name, count) -> lines.add(NOT_HUGE + " " + name + " " + count));
    return lines;
  }

  /**
   * Adds what {@link #lines} wrote.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public void read(List<String> lines) {
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      if (words.length != 3) {
        throw new IllegalArgumentException("not a line of a tally: " + line);
      }
      long count = Long.parseLong(words[2]);
      switch (words[0]) {
        case RELEASED -> released.merge(words[1], count, Long::sum);
        case NOT_HUGE -> scanResults.merge(words[1], count, Long::sum);
        default -> {
          add(CallKind.valueOf(words[0].toUpperCase(Locale.ROOT)), words[1], count);
          steps += count;
        }
      }
    }
  }

  /** Returns how many steps were counted. */
  public long steps() {
    return steps;
  }

  /** Returns how often a call had a kind of outcome. */
  public long count(CallKind call, String kind) {
    return outcomes.getOrDefault(call, new TreeMap<>()).getOrDefault(kind, 0L);
  }

  /** Returns how often a thread that had waited ended with each kind of outcome. */
  public SortedMap<String, Long> released() {
    return new TreeMap<>(released);
  }

  /** Returns how often ranges that did not become huge ended with each scan result. */
  public SortedMap<String, Long> scanResults() {
    return new TreeMap<>(scanResults);
  }

  /** Writes a line per call. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    outcomes.forEach((call, counts) -> line(text, call.text(), counts));
    line(text, RELEASED, released);
    line(text, NOT_HUGE, scanResults);
    return text.toString();
  }

  private static void line(StringBuilder text, String name, Map<String, Long> counts) {
    StringJoiner line = new StringJoiner(", ");
    counts.forEach((kind, count) -> line.add(kind + " " + count));
    text.append(String.format(Locale.ROOT, "%-12s %s%n", name, line));
  }
}
