/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

/**
 * Chooses who goes on at each step, and what is tried in the next run.
 *
 * <p>Actors are numbered: the tasks first, then for each task the flusher of its store buffer.
 */
interface Chooser {
  /** Ends the run here: it would repeat what has been seen. */
  int CUT = -1;

  /** Prepares for a run. */
  void begin();

  /**
   * Returns who goes on, or {@link #CUT}.
   *
   * @param run the run
   * @param enabled who can, one bit each, not 0
   */
  int choose(ExploredRun run, int enabled);

  /** Prepares another schedule after a run; false if all have been tried. */
  boolean next();

  /** Begins again because the steps are others now. */
  void restart();

  /** Returns whether only accesses to shared cells are steps. */
  boolean onlySharedCells();
}
