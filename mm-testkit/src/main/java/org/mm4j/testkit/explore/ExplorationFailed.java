/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

/** The exploration can say nothing about the program. */
public final class ExplorationFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  ExplorationFailed(String message) {
    super(message);
  }

  ExplorationFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
