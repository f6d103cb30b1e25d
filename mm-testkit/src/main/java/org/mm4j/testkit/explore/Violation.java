/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A broken rule, and the schedule that broke it.
 *
 * @param rule a number of SPEC.md or one of {@code DEADLOCK}, {@code LIVELOCK}, {@code LOCK_ORDER},
 *     {@code HELD_LOCK}, {@code EXCEPTION}
 * @param message what happened
 * @param cause what was thrown, if something was
 * @param schedule the schedule, "0x8 1x5 0x2 1x1"
 * @param preemptions how often a task that could have gone on was interrupted
 * @param tasks the names of the tasks
 * @param entries the steps, with the world after each
 */
public record Violation(
    String rule,
    String message,
    @Nullable Throwable cause,
    String schedule,
    int preemptions,
    List<String> tasks,
    List<Entry> entries) {
  /** The rule of the explorer that no task waits for ever for another one. */
  public static final String DEADLOCK = "DEADLOCK";

  /** The rule of the explorer that a run ends within its budget of steps. */
  public static final String LIVELOCK = "LIVELOCK";

  /** The rule of the explorer that locks are used as {@link org.mm4j.sync.LockRank} says. */
  public static final String LOCK_ORDER = "LOCK_ORDER";

  /** The rule of the explorer that a task ends without a lock. */
  public static final String HELD_LOCK = "HELD_LOCK";

  /** The rule of the explorer that no exception escapes from a task. */
  public static final String EXCEPTION = "EXCEPTION";

  /** Copies the lists. */
  public Violation {
    tasks = List.copyOf(tasks);
    entries = List.copyOf(entries);
  }

  /**
   * A line of the timeline.
   *
   * @param task the index of the task
   * @param text what it did
   * @param view the world afterwards
   */
  public record Entry(int task, String text, WorldView view) {}

  /** Returns the steps as text, one column per task. */
  public String timeline() {
    return TextTimeline.of(tasks, entries);
  }

  /** Returns a page for a browser that shows the world step by step. */
  public String page(Verdict.Effort effort) {
    return HtmlTimeline.of(this, effort);
  }

  /**
   * Writes the page into the directory that the system property {@code mm4j.exploration.pages}
   * names, by default {@code target/exploration}.
   *
   * @return where it is, or why it could not be written
   */
  public String writePage(Verdict.Effort effort) {
    Path directory = Path.of(System.getProperty("mm4j.exploration.pages", "target/exploration"));
    return HtmlTimeline.write(directory, this, effort);
  }
}
