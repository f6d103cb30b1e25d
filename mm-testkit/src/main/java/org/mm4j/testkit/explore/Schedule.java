/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.Arrays;

/** A sequence of choices, and its text "0x8 1x5 f0x1 0x2". */
final class Schedule {
  private int[] actors = new int[256];
  private int size;

  /** Reads a schedule of a number of tasks. */
  static Schedule parse(String text, int tasks) {
    Schedule schedule = new Schedule();
    for (String part : text.strip().split("\\s+", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      boolean flush = part.startsWith("f");
      String[] numbers = part.substring(flush ? 1 : 0).split("x", -1);
      int task = numbers.length == 2 ? number(numbers[0], text) : -1;
      if (task < 0 || task >= tasks) {
        throw new IllegalArgumentException("\"" + part + "\" is no part of a schedule: " + text);
      }
      int count = number(numbers[1], text);
      for (int i = 0; i < count; i++) {
        schedule.add(flush ? task + tasks : task);
      }
    }
    return schedule;
  }

  private static int number(String digits, String text) {
    try {
      return Integer.parseUnsignedInt(digits);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + digits + "\" is no number in " + text, e);
    }
  }

  void add(int actor) {
    if (size == actors.length) {
      actors = Arrays.copyOf(actors, 2 * size);
    }
    actors[size++] = actor;
  }

  int size() {
    return size;
  }

  int get(int at) {
    return actors[at];
  }

  void clear() {
    size = 0;
  }

  Schedule copy() {
    Schedule copy = new Schedule();
    copy.actors = Arrays.copyOf(actors, actors.length);
    copy.size = size;
    return copy;
  }

  /** Returns the text for a number of tasks. */
  String text(int tasks) {
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < size; ) {
      int from = at;
      while (at < size && actors[at] == actors[from]) {
        at++;
      }
      text.append(from == 0 ? "" : " ")
          .append(actors[from] < tasks ? "" : "f")
          .append(actors[from] % tasks)
          .append('x')
          .append(at - from);
    }
    return text.toString();
  }
}
