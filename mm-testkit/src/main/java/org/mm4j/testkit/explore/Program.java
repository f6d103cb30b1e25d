/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

/**
 * What is explored: a small world and the tasks that run in it.
 *
 * <p>{@link #newRun} is called before every run, on the exploring thread, and nothing it does is a
 * step. It has to build the same world in the same way each time: no random numbers, no identity
 * hashes, no wall-clock time.
 */
@FunctionalInterface
public interface Program {
  /**
   * Builds a fresh world.
   *
   * @throws Exception if that is impossible; ends the exploration
   */
  Run newRun() throws Exception;
}
