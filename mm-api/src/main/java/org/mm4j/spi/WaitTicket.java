/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/**
 * A place in a queue of faults. Whoever gets one must call {@link #await} exactly once, holding no
 * lock.
 */
public interface WaitTicket {
  /**
   * Blocks until the fault should be repeated. When it returns or throws, the place in the queue is
   * given up.
   *
   * @throws InterruptedException if the thread is interrupted first
   */
  void await() throws InterruptedException;
}
