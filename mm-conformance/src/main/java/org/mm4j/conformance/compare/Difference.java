/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.compare;

import java.util.List;
import org.mm4j.conformance.scenario.Scenario;
import org.mm4j.conformance.scenario.Step;

/**
 * The first thing on which two sides differ.
 *
 * @param made the steps that were made, the last one differs
 * @param what what differs: the answer, its detail, or the name of an observed value
 * @param first what the first side says
 * @param second what the second side says
 */
public record Difference(List<Step> made, String what, String first, String second) {
  /** What differs if it is the outcome of the step, or a thread that it released. */
  public static final String ANSWER = "answer";

  /** What differs if it is the scan results of a collapse. */
  public static final String DETAIL = "scan results";

  /** Copies the steps. */
  public Difference {
    made = List.copyOf(made);
  }

  /** Returns the steps up to the difference as a scenario. */
  public Scenario scenario() {
    return new Scenario(made);
  }

  /** Returns whether another one is about the same: the same kind of value, the same call. */
  public boolean resembles(Difference other) {
    return subject().equals(other.subject())
        && (!what.equals(ANSWER) || made.getLast().call() == other.made.getLast().call());
  }

  /** Returns what differs without its number. */
  private String subject() {
    int space = what.indexOf(' ');
    return what.equals(DETAIL) || space < 0 ? what : what.charAt(0) + what.substring(space);
  }

  @Override
  public String toString() {
    return made.isEmpty()
        ? what + ": " + first + " | " + second
        : what + " after " + made.getLast() + ": " + first + " | " + second;
  }
}
