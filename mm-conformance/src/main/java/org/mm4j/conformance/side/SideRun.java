/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import org.mm4j.conformance.scenario.Answer;
import org.mm4j.conformance.scenario.Observation;
import org.mm4j.conformance.scenario.Step;

/** A scenario while it runs on a side. Used by one thread. */
public interface SideRun extends AutoCloseable {
  /**
   * Makes a step, and waits until every thread has its result or waits for a userfaultfd.
   *
   * @param step one that the world permits
   */
  Answer make(Step step);

  /** Says what can be seen, without changing it. */
  Observation observe(Question question);

  /** Ends the scenario: everything it made is gone. */
  @Override
  void close();
}
