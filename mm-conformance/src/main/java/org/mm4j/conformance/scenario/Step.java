/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * One call of one thread, written like {@code s0.t1 store(0x1000200000, 0x8, 0x11)}.
 *
 * @param lane who calls
 * @param call what is called
 * @param arguments one number for each parameter
 */
public record Step(Lane lane, CallKind call, List<Long> arguments) {
  /** Copies the arguments. */
  public Step {
    arguments = List.copyOf(arguments);
    if (arguments.size() != call.parameters().size()) {
      throw new IllegalArgumentException(
          call.text() + " has " + call.parameters().size() + " arguments, not " + arguments.size());
    }
  }

  /** Creates a step. */
  public static Step of(Lane lane, CallKind call, long... arguments) {
    List<Long> list = new ArrayList<>();
    for (long argument : arguments) {
      list.add(argument);
    }
    return new Step(lane, call, list);
  }

  /** Returns an argument. */
  public long argument(int number) {
    return arguments.get(number);
  }

  /** Returns the number of a thing that is an argument. */
  public int thing(int number) {
    return Math.toIntExact(arguments.get(number));
  }

  /** Returns the same step with another argument. */
  public Step with(int number, long argument) {
    List<Long> changed = new ArrayList<>(arguments);
    changed.set(number, argument);
    return new Step(lane, call, changed);
  }

  /** Returns the same step on another lane. */
  public Step on(Lane other) {
    return new Step(other, call, arguments);
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Step parse(String text) {
    int space = text.indexOf(' ');
    int open = text.indexOf('(');
    if (space < 0 || open < space || !text.endsWith(")")) {
      throw new IllegalArgumentException("not a step such as 's0.t0 load(0x1000, 0x1)': " + text);
    }
    CallKind call = CallKind.valueOf(text.substring(space + 1, open).toUpperCase(Locale.ROOT));
    String inner = text.substring(open + 1, text.length() - 1);
    String[] parts = inner.isBlank() ? new String[0] : inner.split(",", -1);
    if (parts.length != call.parameters().size()) {
      throw new IllegalArgumentException("wrong number of arguments: " + text);
    }
    List<Long> arguments = new ArrayList<>();
    for (int i = 0; i < parts.length; i++) {
      arguments.add(call.parameters().get(i).parse(parts[i].strip()));
    }
    return new Step(Lane.parse(text.substring(0, space)), call, arguments);
  }

  @Override
  public String toString() {
    StringJoiner printed = new StringJoiner(", ", lane + " " + call.text() + "(", ")");
    for (int i = 0; i < arguments.size(); i++) {
      printed.add(call.parameters().get(i).print(arguments.get(i)));
    }
    return printed.toString();
  }
}
