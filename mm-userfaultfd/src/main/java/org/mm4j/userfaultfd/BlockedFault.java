/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.userfaultfd;

import org.mm4j.UffdMessage;
import org.mm4j.spi.WaitTicket;
import org.mm4j.sync.Waiter;

/**
 * One thread that waits in a fault, and the message about it.
 *
 * <pre>{@code
 * PENDING --read--> READ
 *    |               |
 *    +--wake, interrupt, release--> gone from the queue; the thread faults again
 * }</pre>
 *
 * The two waiting states are membership of the queue's unread list, guarded by the queue's lock. A
 * wake-up before the thread blocks is kept by the {@link Waiter}.
 */
final class BlockedFault implements WaitTicket {
  private final FaultQueue queue;
  private final long pageAddress;
  private final UffdMessage.PageFault message;
  private final Waiter waiter = new Waiter();

  BlockedFault(FaultQueue queue, long pageAddress, UffdMessage.PageFault message) {
    this.queue = queue;
    this.pageAddress = pageAddress;
    this.message = message;
  }

  long pageAddress() {
    return pageAddress;
  }

  UffdMessage.PageFault message() {
    return message;
  }

  /** Lets the thread fault again. */
  void wake() {
    waiter.wake();
  }

  @Override
  public void await() throws InterruptedException {
    try {
      waiter.await();
    } finally {
      queue.remove(this);
    }
  }
}
