/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.mm4j.conformance.scenario.Answer;
import org.mm4j.conformance.scenario.Observation;
import org.mm4j.conformance.scenario.Step;
import org.mm4j.conformance.scenario.World;
import org.mm4j.conformance.side.Question;
import org.mm4j.conformance.side.Side;
import org.mm4j.conformance.side.SideRun;

/**
 * Makes the same steps on two sides until they differ.
 *
 * <p>After each step the answers are compared, and what the step can have changed; after every
 * {@value #FULL_EVERY}th and at the end everything that can be seen.
 */
public final class Comparison {
  /** How often everything is looked at. */
  public static final int FULL_EVERY = 16;

  /** A page that compaction moves is not resident for a moment; so a difference must last. */
  private static final int LOOKS = 60;

  private static final long LOOK_NANOS = 5_000_000;

  private final Side first;
  private final Side second;
  private final Tally tally;

  /**
   * Creates a comparison.
   *
   * @param first the side that is asked first
   * @param second the other
   * @param tally counts the outcomes of the second side
   */
  public Comparison(Side first, Side second, Tally tally) {
    this.first = first;
    this.second = second;
    this.tally = tally;
  }

  /** Returns the first side. */
  public Side first() {
    return first;
  }

  /** Returns the second side. */
  public Side second() {
    return second;
  }

  /** How closely the state is looked at. */
  public enum Care {
    /** As usual. */
    USUAL,
    /** Everything after each step, so that a difference is seen where it begins. */
    EVERYTHING
  }

  /** Runs a scenario; returns the first difference, or null. */
  public @Nullable Difference run(StepSource steps, Care care) {
    try (SideRun one = first.begin();
        SideRun other = second.begin()) {
      return compare(steps, care, one, other);
    }
  }

  private @Nullable Difference compare(StepSource steps, Care care, SideRun one, SideRun other) {
    World world = new World();
    List<Step> made = new ArrayList<>();
    for (Step step = steps.next(world); step != null; step = steps.next(world)) {
      if (!world.permits(step)) {
        continue;
      }
      made.add(step);
      Answer expected = other.make(step);
      Answer answer = one.make(step);
      tally.count(step.call(), expected);
      Difference difference = answers(made, answer, expected);
      if (difference != null) {
        return difference;
      }
      world.record(step, expected);
      boolean everything = care == Care.EVERYTHING || made.size() % FULL_EVERY == 0;
      difference =
          states(
              made,
              everything ? Question.everything(world) : Question.after(step, world),
              one,
              other);
      if (difference != null) {
        return difference;
      }
    }
    return made.isEmpty() ? null : states(made, Question.everything(world), one, other);
  }

  private static @Nullable Difference answers(List<Step> made, Answer answer, Answer expected) {
    if (!answer.withoutDetail().equals(expected.withoutDetail())) {
      return new Difference(made, Difference.ANSWER, answer.toString(), expected.toString());
    }
    boolean known =
        !answer.detail().equals(Answer.UNKNOWN) && !expected.detail().equals(Answer.UNKNOWN);
    return !known || answer.detail().equals(expected.detail())
        ? null
        : new Difference(made, Difference.DETAIL, answer.detail(), expected.detail());
  }

  private static @Nullable Difference states(
      List<Step> made, Question question, SideRun one, SideRun other) {
    Observation seen = one.observe(question);
    Observation expected = other.observe(question);
    for (int look = 1; look < LOOKS && !seen.equals(expected); look++) {
      LockSupport.parkNanos(LOOK_NANOS);
      expected = other.observe(question);
    }
    if (seen.equals(expected)) {
      return null;
    }
    for (Map.Entry<String, String> each : expected.values().entrySet()) {
      String value = seen.values().getOrDefault(each.getKey(), "nothing");
      if (!value.equals(each.getValue())) {
        return new Difference(made, each.getKey(), value, each.getValue());
      }
    }
    return new Difference(
        made, "names", seen.values().keySet().toString(), expected.values().keySet().toString());
  }
}
