/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.userfaultfd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.mm4j.AddressRange;
import org.mm4j.UffdMessage;

/** The queue of waiting faults: linux-semantics §5.6. */
final class FaultQueueTest {
  private static final long PAGE = 4096;

  private final FaultQueue queue = new FaultQueue();

  private BlockedFault fault(long page) {
    return new BlockedFault(queue, page * PAGE, new UffdMessage.PageFault(page * PAGE, 0, 0));
  }

  private static AddressRange pages(long first, long count) {
    return new AddressRange(first * PAGE, count * PAGE);
  }

  private BlockedFault add(long page) {
    BlockedFault fault = fault(page);
    assertTrue(queue.add(fault));
    return fault;
  }

  @Test
  void messagesAreReadInTheOrderOfTheFaultsAndOnce() {
    add(7);
    add(3);
    add(7);
    assertEquals(new UffdMessage.PageFault(7 * PAGE, 0, 0), queue.poll());
    assertEquals(new UffdMessage.PageFault(3 * PAGE, 0, 0), queue.poll());
    assertEquals(new UffdMessage.PageFault(7 * PAGE, 0, 0), queue.poll());
    assertNull(queue.poll());
  }

  @Test
  void aReadFaultStillWaitsForItsWakeUp() throws InterruptedException {
    BlockedFault fault = add(1);
    queue.poll();
    assertFalse(queue.isReadable());
    queue.wake(pages(1, 1));
    fault.await();
  }

  @Test
  void rule_6_7_wakeReachesEveryFaultOfTheRangeReadOrUnreadAndNoOther()
      throws InterruptedException {
    BlockedFault before = add(9);
    BlockedFault first = add(10);
    BlockedFault second = add(10);
    BlockedFault last = add(12);
    BlockedFault after = add(13);
    queue.poll();
    queue.poll();
    queue.wake(pages(10, 3));
    first.await();
    second.await();
    last.await();
    assertEquals(
        new UffdMessage.PageFault(13 * PAGE, 0, 0), queue.poll(), "woken faults are not read");
    assertNull(queue.poll());
    assertTrue(queue.describe().contains("waiting: 2"), queue.describe());
    queue.wakeAll();
    before.await();
    after.await();
  }

  @Test
  void anInterruptedFaultLeavesTheQueueWithItsMessage() {
    BlockedFault fault = add(5);
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, fault::await);
    assertNull(queue.poll());
    assertTrue(queue.describe().contains("waiting: 0"), queue.describe());
  }

  @Test
  void takeWaitsForTheFirstMessage() throws Exception {
    CompletableFuture<UffdMessage> reader = CompletableFuture.supplyAsync(this::take);
    add(2);
    queue.announce();
    assertEquals(new UffdMessage.PageFault(2 * PAGE, 0, 0), reader.get(10, TimeUnit.SECONDS));
  }

  @Test
  void closingWakesFaultsAndReadersAndRefusesMore() throws Exception {
    BlockedFault waiting = add(4);
    queue.poll();
    CompletableFuture<UffdMessage> reader = CompletableFuture.supplyAsync(this::take);
    queue.close();
    waiting.await();
    CompletionException thrown = assertThrows(CompletionException.class, reader::join);
    assertEquals(IllegalStateException.class, thrown.getCause().getClass());
    assertFalse(queue.add(fault(4)));
  }

  private UffdMessage take() {
    try {
      return queue.take();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
