/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

/** Ends a task of a run that is over. */
final class RunAborted extends Error {
  private static final long serialVersionUID = 1;

  RunAborted() {
    super("the run is over", null, false, false);
  }
}
