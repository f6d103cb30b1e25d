/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.List;

/** Runs a program again and again, each time with another schedule. */
final class Explorer {
  Explorer(
      String world,
      Program program,
      MemoryModel model,
      Search search,
      Budget budget,
      List<Site> weakened) {}

  Verdict explore() {
    throw new ExplorationFailed("the engine is not there yet");
  }
}
