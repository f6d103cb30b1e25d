/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

/** One system call. */
@FunctionalInterface
interface Syscall {
  /**
   * Makes the call.
   *
   * @return its result; refusals are exceptions
   * @throws InterruptedException if it was interrupted: EINTR
   */
  long make(Arguments arguments) throws InterruptedException;
}
