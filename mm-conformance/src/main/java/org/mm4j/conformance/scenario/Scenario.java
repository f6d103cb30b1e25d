/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.scenario;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Steps that are made one after the other, on an empty address space without files.
 *
 * <p>A step that cannot be made is left out on every side: its lane waits, or the file it names is
 * not open. So any part of a scenario is a scenario.
 *
 * @param steps the steps
 */
public record Scenario(List<Step> steps) {
  /** Copies the steps. */
  public Scenario {
    steps = List.copyOf(steps);
  }

  /**
   * Reads a scenario: one step per line; empty lines and those that begin with {@code #} say
   * nothing.
   *
   * @throws IllegalArgumentException if a line is something else
   */
  public static Scenario parse(List<String> lines) {
    return new Scenario(
        lines.stream()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .map(Step::parse)
            .toList());
  }

  @Override
  public String toString() {
    return steps.stream().map(step -> step + "\n").collect(Collectors.joining());
  }
}
