/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.sync;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads that wait for a condition. The one correct use, which cannot lose a wake-up because the
 * waiter is in the queue before the condition is looked at:
 *
 * <pre>{@code
 * while (true) {
 *   Waiter waiter = queue.enlist();
 *   try {
 *     if (condition()) { break; }
 *     waiter.await();
 *   } finally {
 *     queue.withdraw(waiter);
 *   }
 * }
 * }</pre>
 *
 * <p>Whoever makes the condition true calls {@link #wakeAll} or {@link #wakeOne} afterwards.
 * Thread-safe; waiters are woken in the order in which they enlisted.
 */
public final class WaitQueue {
  private static final WaitQueue[] HASHED = new WaitQueue[256];

  static {
    for (int i = 0; i < HASHED.length; i++) {
      HASHED[i] = new WaitQueue();
    }
  }

  /** Guards {@link #waiters}; held for a few instructions, nothing is acquired under it. */
  private final ReentrantLock guard = new ReentrantLock();

  private final Set<Waiter> waiters = new LinkedHashSet<>();

  /** Creates an empty queue. */
  public WaitQueue() {}

  /**
   * Returns the queue that objects without a queue of their own share; wake-ups there are hints.
   */
  static WaitQueue sharedBy(Object object) {
    int hash = System.identityHashCode(object);
    return HASHED[(hash ^ (hash >>> 8)) & (HASHED.length - 1)];
  }

  /** Adds a new waiter at the end and returns it. */
  public Waiter enlist() {
    Waiter waiter = new Waiter();
    Sync.backend().onQueue(this);
    guard.lock();
    try {
      waiters.add(waiter);
    } finally {
      guard.unlock();
    }
    Fences.full(); // the waiter is visible before its thread looks at the condition
    return waiter;
  }

  /** Removes a waiter, woken or not; harmless if it is not there. */
  public void withdraw(Waiter waiter) {
    Sync.backend().onQueue(this);
    guard.lock();
    try {
      waiters.remove(waiter);
    } finally {
      guard.unlock();
    }
  }

  /** Wakes and removes every waiter. */
  public void wakeAll() {
    Fences.full(); // what made the condition true is visible before we look who waits
    Sync.backend().onQueue(this);
    List<Waiter> woken;
    guard.lock();
    try {
      if (waiters.isEmpty()) {
        return;
      }
      woken = new ArrayList<>(waiters);
      waiters.clear();
    } finally {
      guard.unlock();
    }
    woken.forEach(Waiter::wake);
  }

  /** Wakes and removes the waiter that waits longest, if there is one. */
  public void wakeOne() {
    Fences.full();
    Sync.backend().onQueue(this);
    Waiter first;
    guard.lock();
    try {
      if (waiters.isEmpty()) {
        return;
      }
      first = waiters.iterator().next();
      waiters.remove(first);
    } finally {
      guard.unlock();
    }
    first.wake();
  }
}
