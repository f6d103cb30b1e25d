/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.List;

/**
 * How a run ended.
 *
 * @param ended the tasks whose bodies returned
 * @param waiting the tasks that wait for ever, as {@link Run#mayWaitForEver} permitted
 */
public record Ending(List<Task> ended, List<Task> waiting) {
  /** Copies the lists. */
  public Ending {
    ended = List.copyOf(ended);
    waiting = List.copyOf(waiting);
  }

  /** Returns whether no task waits. */
  public boolean isComplete() {
    return waiting.isEmpty();
  }
}
