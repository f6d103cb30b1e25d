/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.time.Duration;
import java.util.Optional;

/**
 * The one request that a lane may be working on: handed over, watched, and waited for, while the
 * lane may end under it.
 */
final class PendingRequest {
  private static final int LOOKS = 400;
  private static final long SLEEP_NANOS = 20_000_000;
  private static final long FIRST_PAUSE_NANOS = 50_000;
  private static final long LAST_PAUSE_NANOS = 5_000_000;

  private final ExecutorProcess process;
  private final LaneSlot slot;
  private int command;
  private boolean isPending;

  /** Set before the slot may be given to another lane. */
  private volatile boolean isGone;

  PendingRequest(ExecutorProcess process, LaneSlot slot) {
    this.process = process;
    this.slot = slot;
  }

  /** Hands a request over; to a lane that is gone, only in appearance. */
  void post(Operation operation, long number, long... arguments) {
    if (isPending) {
      throw new IllegalStateException(this + " has a request that was not waited for");
    }
    isPending = true;
    if (!isGone) {
      command = slot.post(operation, number, arguments);
    }
  }

  private void requirePending() {
    if (!isPending) {
      throw new IllegalStateException(this + " has no request");
    }
  }

  Optional<RawResult> poll() {
    requirePending();
    return isDone() || isOver() ? Optional.of(result()) : Optional.empty();
  }

  RawResult await(Duration limit) {
    requirePending();
    if (looksDone()) {
      return result();
    }
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      slot.sleep(command, SLEEP_NANOS);
      if (isDone() || isOver()) {
        return result();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new LaneTimeoutException(
            this + " has not ended its request within " + limit + "; it is " + whereabouts());
      }
    }
  }

  LaneObservation awaitBlockedOrDone(Duration limit) {
    requirePending();
    if (looksDone()) {
      return new LaneObservation.Done(result());
    }
    ThreadProbe probe = new ThreadProbe(process.pid(), threadId());
    BlockedWatch watch = new BlockedWatch();
    long begun = System.nanoTime();
    long pause = FIRST_PAUSE_NANOS;
    for (long now = begun; now - begun < limit.toNanos(); now = System.nanoTime()) {
      Optional<LaneObservation.Blocked> blocked = watch.look(probe.asleep(), now);
      if (isDone() || isOver()) {
        return new LaneObservation.Done(result());
      }
      if (blocked.isPresent()) {
        return blocked.get();
      }
      slot.sleep(command, pause);
      pause = Math.min(2 * pause, LAST_PAUSE_NANOS);
    }
    throw new LaneTimeoutException(this + " neither ends nor sleeps; it is " + whereabouts());
  }

  private String whereabouts() {
    return new ThreadProbe(process.pid(), threadId())
        .asleep()
        .map(asleep -> "asleep in " + asleep.waitChannel())
        .orElse("running");
  }

  /** Looks for as long as a short system call takes; sleeping and waking take longer. */
  private boolean looksDone() {
    for (int look = 0; look < LOOKS; look++) {
      if (isDone()) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  /** The slot first: if it is somebody else's by now, the lane is known to be gone. */
  private boolean isDone() {
    return slot.isDone(command) && !isGone;
  }

  private boolean isOver() {
    return isGone || !process.isAlive();
  }

  /** The result of a request that is done or over. It may have been done just before the end. */
  private RawResult result() {
    isPending = false;
    return isDone() ? slot.result() : new RawResult.Ended(process.obituary());
  }

  /** Sends the thread away and waits until it is gone. */
  void exit(Duration limit) {
    int thread = threadId();
    post(Operation.EXIT_LANE, 0);
    long deadline = System.nanoTime() + limit.toNanos();
    while (slot.threadId() == thread && !isOver()) {
      if (System.nanoTime() - deadline > 0) {
        throw new LaneTimeoutException(this + " does not end");
      }
      slot.sleepOnThread(thread, SLEEP_NANOS);
    }
    isPending = false;
  }

  /** Marks the lane as gone: from here on its slot is not touched. */
  void leave() {
    isGone = true;
  }

  /** Returns the number of the lane's thread, or 0 if it has ended. */
  int threadId() {
    int threadId = slot.threadId();
    return isGone ? 0 : threadId;
  }

  @Override
  public String toString() {
    return "thread " + threadId() + " of " + process;
  }
}
