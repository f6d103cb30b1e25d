/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

/** A lane has not done what was asked of it within the limit, and could be anywhere. */
public final class LaneTimeoutException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  LaneTimeoutException(String message) {
    super(message);
  }
}
