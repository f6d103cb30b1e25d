/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.mm4j.spi.FaultOutcome;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageFault;
import org.mm4j.spi.UserfaultWatcher;
import org.mm4j.sync.WaitQueue;
import org.mm4j.sync.Waiter;

/** A userfaultfd in which every fault waits until somebody wakes all. */
final class TestWatcher implements UserfaultWatcher {
  final WaitQueue waiting = new WaitQueue();
  final CountDownLatch asked = new CountDownLatch(1);
  final AtomicInteger waiters = new AtomicInteger();
  volatile int faults;
  volatile long lastAddress;

  @Override
  public synchronized FaultOutcome missing(PageFault fault) {
    faults++;
    lastAddress = fault.address();
    Waiter waiter = waiting.enlist();
    waiters.incrementAndGet();
    asked.countDown();
    return new FaultOutcome.Wait(
        () -> {
          try {
            waiter.await();
          } finally {
            waiting.withdraw(waiter);
            waiters.decrementAndGet();
          }
        });
  }

  @Override
  public boolean hasWaiters() {
    return waiters.get() > 0;
  }

  @Override
  public void addressSpaceExits(MemoryDescriptor mm) {
    waiting.wakeAll();
  }
}
