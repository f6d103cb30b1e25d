/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

/** What can be said of a lane that was given a request. */
public sealed interface LaneObservation {
  /**
   * The request has ended.
   *
   * @param result how
   */
  record Done(RawResult result) implements LaneObservation {}

  /**
   * The lane waits in the kernel for somebody else.
   *
   * @param waitChannel the kernel's function that it sleeps in; {@code handle_userfault} for a
   *     fault whose message nobody has answered
   * @param systemCall the number of the system call it is in, or −1 in a fault of an access
   */
  record Blocked(String waitChannel, long systemCall) implements LaneObservation {
    /** Returns whether it waits for a userfaultfd message about a page to be answered. */
    public boolean isUserfault() {
      return waitChannel.equals("handle_userfault");
    }
  }
}
