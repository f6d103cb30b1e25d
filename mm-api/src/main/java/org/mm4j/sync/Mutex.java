/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.sync;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A sleeping mutual-exclusion lock with a rank. Not re-entrant: acquiring it twice is an error that
 * a checking backend reports.
 */
public final class Mutex {
  private final LockRank rank;
  private final String name;
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * Creates an unlocked mutex.
   *
   * @param rank its place in the lock order
   * @param name what it guards, for messages
   */
  public Mutex(LockRank rank, String name) {
    this.rank = rank;
    this.name = name;
  }

  /** Acquires the lock, blocking until it is free; not interruptible. */
  public void lock() {
    Sync.backend().beforeAcquire(rank, this, false, false);
    lock.lock();
    Sync.backend().afterAcquire(rank, this, false);
  }

  /** Acquires the lock if it is free, and returns whether it did. */
  public boolean tryLock() {
    Sync.backend().beforeAcquire(rank, this, false, true);
    if (!lock.tryLock()) {
      return false;
    }
    Sync.backend().afterAcquire(rank, this, false);
    return true;
  }

  /**
   * Releases the lock.
   *
   * @throws IllegalMonitorStateException if this thread does not hold it
   */
  public void unlock() {
    Sync.backend().beforeRelease(rank, this, false);
    lock.unlock();
  }

  /** Returns whether this thread holds the lock. */
  public boolean isHeld() {
    return lock.isHeldByCurrentThread();
  }

  @Override
  public String toString() {
    return rank + " " + name;
  }
}
