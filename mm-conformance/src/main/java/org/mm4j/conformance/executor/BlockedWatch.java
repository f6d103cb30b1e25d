/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mm4j.conformance.executor.ThreadProbe.Asleep;

/**
 * Tells a thread that waits for somebody else from one that the kernel will wake by itself, from
 * looks at how it sleeps.
 *
 * <p>Who sleeps in userfaultfd waits for its reader, at once. Any other sleep is judged by how long
 * it lasts without a change: 20 ms if a signal would end it, as in a read of an empty pipe; a
 * second if none would, since that is how the kernel waits for its own work, for instance for every
 * processor to drain its lists before a collapse, which takes a while on a busy machine.
 */
final class BlockedWatch {
  static final long STEADY_NANOS = 20_000_000;
  static final long STEADY_UNINTERRUPTIBLE_NANOS = 1_000_000_000;

  private @Nullable Asleep before;
  private long sinceNanos;

  /**
   * Takes a look into account.
   *
   * @param asleep how the thread sleeps; nothing if it does not
   * @param nowNanos when
   * @return that it is blocked, if that can be said
   */
  Optional<LaneObservation.Blocked> look(Optional<Asleep> asleep, long nowNanos) {
    Asleep now = asleep.orElse(null);
    if (now == null || !now.equals(before)) {
      before = now;
      sinceNanos = nowNanos;
    }
    if (now == null || (!waitsForReader(now) && nowNanos - sinceNanos < steadyNanos(now))) {
      return Optional.empty();
    }
    return Optional.of(new LaneObservation.Blocked(now.waitChannel(), now.systemCall()));
  }

  /** In a fault, or until an event such as fork or unmapping has been read. */
  private static boolean waitsForReader(Asleep asleep) {
    return asleep.waitChannel().equals("handle_userfault")
        || asleep.waitChannel().startsWith("userfaultfd_event_wait");
  }

  private static long steadyNanos(Asleep asleep) {
    return asleep.isInterruptible() ? STEADY_NANOS : STEADY_UNINTERRUPTIBLE_NANOS;
  }
}
