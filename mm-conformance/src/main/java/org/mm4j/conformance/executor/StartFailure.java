/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

/**
 * The exit statuses by which the program says what it could not do; those of {@code executor.s}.
 */
enum StartFailure {
  ARGUMENTS(100, "it was started with the wrong arguments"),
  OPEN(101, "it cannot open the shared memory through /proc"),
  SHARED(102, "it cannot map the shared memory"),
  STACKS(103, "it cannot map its stacks"),
  CODE(104, "it cannot place its code"),
  PIPE(105, "it cannot keep the pipe from the JVM"),
  SIGNALS(106, "it cannot handle signals"),
  LANE(107, "it cannot start a thread"),
  PIPE_LOST(108, "its pipe from the JVM was closed under it");

  private final int status;
  private final String sentence;

  StartFailure(int status, String sentence) {
    this.status = status;
    this.sentence = sentence;
  }

  /** Returns what an exit status says. */
  static String explain(int status) {
    for (StartFailure failure : values()) {
      if (failure.status == status) {
        return failure.sentence;
      }
    }
    return status > 128
        ? "it was killed by signal " + (status - 128)
        : "it ended with status " + status;
  }
}
