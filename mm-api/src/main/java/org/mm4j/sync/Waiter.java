/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.sync;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One wait of one thread: a one-shot event that the waiting thread blocks on and any other thread
 * sets.
 *
 * <p>States: {@code WAITING → WOKEN}. A wake-up before the wait is not lost. Waiting spins for up
 * to {@value #SPIN_NANOS} ns before it parks, because a hand-over by spinning is some fifty times
 * cheaper than one by parking; it does not spin on a machine with a single processor.
 */
public final class Waiter {
  /** How long a wait spins before it parks, in nanoseconds. */
  static final long SPIN_NANOS = 20_000;

  private static final boolean MAY_SPIN = Runtime.getRuntime().availableProcessors() > 1;
  private static final long WAITING = 0;
  private static final long WOKEN = 1;
  private static final WordField STATE =
      WordField.of(MethodHandles.lookup(), Waiter.class, "state");

  /** Not a {@link RefField}: a thread that really parks is not for a backend to see. */
  private static final VarHandle PARKED =
      RefField.of(MethodHandles.lookup(), Waiter.class, "parked", Thread.class).handle();

  @SuppressWarnings("unused") // accessed through STATE
  private long state = WAITING;

  @SuppressWarnings("unused") // accessed through PARKED
  private @Nullable Thread parked;

  /** Creates an event that is not set. */
  public Waiter() {}

  /** Returns whether the event is set. */
  public boolean isWoken() {
    return STATE.getAcquire(this) == WOKEN;
  }

  /**
   * Sets the event and lets its waiting thread go on.
   *
   * @return whether this call set it
   */
  public boolean wake() {
    if (!STATE.compareAndSet(this, WAITING, WOKEN)) {
      return false;
    }
    Thread thread = (Thread) PARKED.getAcquire(this);
    if (thread != null) {
      LockSupport.unpark(thread);
    }
    return true;
  }

  /**
   * Blocks until the event is set. No lock may be held.
   *
   * @throws InterruptedException if the thread is interrupted before the event is set
   */
  public void await() throws InterruptedException {
    await(Long.MAX_VALUE);
  }

  /**
   * Blocks until the event is set or the time is over. No lock may be held.
   *
   * @param timeoutNanos the longest wait in nanoseconds
   * @return whether the event is set
   * @throws InterruptedException if the thread is interrupted before the event is set
   */
  public boolean await(long timeoutNanos) throws InterruptedException {
    boolean interrupted = !block(timeoutNanos, true);
    if (isWoken()) {
      return true;
    }
    if (interrupted && Thread.interrupted()) {
      throw new InterruptedException();
    }
    return false;
  }

  /**
   * Blocks until the event is set, also when the thread is interrupted; the interrupt stays
   * pending.
   */
  public void awaitUninterruptibly() {
    boolean interrupted = false;
    while (!isWoken()) {
      if (!block(Long.MAX_VALUE, false)) {
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Makes an interrupt of the calling thread pending again, for whoever turned an {@link
   * InterruptedException} into an answer of its own.
   */
  public static void restoreInterrupt() {
    Thread.currentThread().interrupt();
  }

  /** Blocks; false if an interrupt ended the wait. */
  private boolean block(long timeoutNanos, boolean spinFirst) {
    Sync.backend().beforeWait(this);
    if (Sync.backend().awaitWord(STATE.handle(), this, WOKEN)) {
      return true;
    }
    long start = System.nanoTime();
    long spinUntilNanos = Math.min(SPIN_NANOS, timeoutNanos);
    if (spinFirst && MAY_SPIN) {
      while (!isWoken() && System.nanoTime() - start < spinUntilNanos) {
        Thread.onSpinWait();
      }
    }
    PARKED.setRelease(this, Thread.currentThread());
    // Store of PARKED, then load of STATE; the waker stores STATE (a full fence), then loads
    // PARKED.
    Fences.full();
    try {
      while (!isWoken()) {
        if (Thread.currentThread().isInterrupted()) {
          return false;
        }
        if (timeoutNanos == Long.MAX_VALUE) {
          LockSupport.park(this);
        } else {
          long left = timeoutNanos - (System.nanoTime() - start);
          if (left <= 0) {
            return true;
          }
          LockSupport.parkNanos(this, left);
        }
      }
      return true;
    } finally {
      PARKED.setRelease(this, null);
    }
  }
}
