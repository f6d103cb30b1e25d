/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One fresh world with its tasks, for one run.
 *
 * <p>All methods but the bodies of the tasks are called while no task runs; what they do is not
 * explored, and they see memory as it is (under {@link MemoryModel#TSO} without what still is in a
 * task's store buffer).
 */
public interface Run extends AutoCloseable {
  /** Returns the tasks, two to four; asked once. */
  List<Task> tasks();

  /**
   * Looks at the world after a step, in constant time. A step is a visible operation with what its
   * task did after it until its next one, so locks may already have been released again. Of
   * schedules that differ only in the order of independent steps one is tried, so a check has to be
   * about what this step has touched.
   *
   * @throws RuleBroken if a rule is broken
   */
  default void afterStep(Step step) {}

  /**
   * Looks at the world when every task has ended or waits for ever.
   *
   * @throws RuleBroken if a rule is broken
   */
  void afterAll(Ending ending);

  /**
   * Returns whether it is no deadlock if this task waits on a {@link org.mm4j.sync.Waiter} at the
   * end, for example for a userfault that nobody answers. A task that waits for a lock always is
   * one.
   */
  default boolean mayWaitForEver(Task task) {
    return false;
  }

  /**
   * Returns the world as text, for the timeline and the page of a failure; asked after each step
   * when a failure is replayed for the report, never otherwise.
   */
  default WorldView view() {
    return WorldView.EMPTY;
  }

  /**
   * Names an object for the timeline, for example "slot[3]".
   *
   * @param object the object whose field or element is accessed: an array, a folio, a lock
   * @param index the index of the element, or -1
   * @return its name, or null for a name made of its class and its number in the run
   */
  default @Nullable String nameOf(Object object, int index) {
    return null;
  }

  /**
   * Frees the world. Tasks that wait for ever are no longer explored now, and this method has to
   * wake them (closing what they wait for does). After a violation it is called as well, and what
   * it throws then is ignored.
   */
  @Override
  void close();
}
