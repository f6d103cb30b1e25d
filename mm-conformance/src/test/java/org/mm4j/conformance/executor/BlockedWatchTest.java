/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mm4j.conformance.executor.ThreadProbe.Asleep;

/** When a sleep counts as waiting for somebody else. */
final class BlockedWatchTest {
  private static final long STEADY = BlockedWatch.STEADY_NANOS;
  private static final Optional<LaneObservation.Blocked> NOT_YET = Optional.empty();

  private final BlockedWatch watch = new BlockedWatch();

  @Test
  void userfaultIsBlockedAtOnce() {
    assertEquals(blocked("handle_userfault"), look(sleep("handle_userfault", false, "1"), 0));
  }

  @Test
  void readIsBlockedWhenItLasts() {
    Asleep read = sleep("pipe_read", true, "1");
    assertEquals(NOT_YET, look(read, 0));
    assertEquals(NOT_YET, look(read, STEADY - 1));
    assertEquals(blocked("pipe_read"), look(read, STEADY));
  }

  @Test
  void everyChangeBeginsAnew() {
    assertEquals(NOT_YET, look(sleep("pipe_read", true, "1"), 0));
    assertEquals(NOT_YET, look(sleep("pipe_read", true, "2"), STEADY));
    assertEquals(NOT_YET, watch.look(Optional.empty(), 2 * STEADY));
    assertEquals(NOT_YET, look(sleep("pipe_read", true, "2"), 3 * STEADY));
    assertEquals(NOT_YET, look(sleep("futex_wait", true, "2"), 4 * STEADY));
    assertEquals(blocked("futex_wait"), look(sleep("futex_wait", true, "2"), 5 * STEADY));
  }

  @Test
  void kernelsOwnWorkIsGivenTime() {
    Asleep drain = sleep("__flush_work", false, "1");
    assertEquals(NOT_YET, look(drain, 0));
    assertEquals(NOT_YET, look(drain, 10 * STEADY));
    assertEquals(blocked("__flush_work"), look(drain, BlockedWatch.STEADY_UNINTERRUPTIBLE_NANOS));
  }

  private Optional<LaneObservation.Blocked> look(Asleep asleep, long nowNanos) {
    return watch.look(Optional.of(asleep), nowNanos);
  }

  private static Asleep sleep(String channel, boolean isInterruptible, String switches) {
    return new Asleep(channel, 0, isInterruptible, switches);
  }

  private static Optional<LaneObservation.Blocked> blocked(String channel) {
    return Optional.of(new LaneObservation.Blocked(channel, 0));
  }
}
