/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.process;

/** Serves the system calls of guest threads. */
public interface SystemCalls {
  /**
   * Makes the call whose number and arguments stand in the thread's registers. Its processor is
   * OUTSIDE.
   *
   * @return the result, or a negative errno
   */
  long call(GuestThread thread);

  /** Returns whether a call that a signal handler interrupted is made again with SA_RESTART. */
  boolean isRestarted(long number);
}
