/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.sync;

import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A sleeping reader-writer lock with a rank (Linux: {@code rw_semaphore}). Not re-entrant, no
 * upgrade, no downgrade; the thread that acquired it releases it.
 */
public final class SharedLock {
  private final LockRank rank;
  private final String name;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /**
   * Creates an unlocked lock.
   *
   * @param rank its place in the lock order
   * @param name what it guards, for messages
   */
  public SharedLock(LockRank rank, String name) {
    this.rank = rank;
    this.name = name;
  }

  /** Acquires the lock for reading, blocking while a writer holds it; not interruptible. */
  public void lockShared() {
    Sync.backend().beforeAcquire(rank, this, true, false);
    lock.readLock().lock();
    Sync.backend().afterAcquire(rank, this, true);
  }

  /** Acquires the lock for reading if no writer holds it, and returns whether it did. */
  public boolean tryLockShared() {
    Sync.backend().beforeAcquire(rank, this, true, true);
    if (!lock.readLock().tryLock()) {
      return false;
    }
    Sync.backend().afterAcquire(rank, this, true);
    return true;
  }

  /** Releases a lock held for reading. */
  public void unlockShared() {
    Sync.backend().beforeRelease(rank, this, true);
    lock.readLock().unlock();
  }

  /** Acquires the lock for writing, blocking while anybody holds it; not interruptible. */
  public void lock() {
    Sync.backend().beforeAcquire(rank, this, false, false);
    lock.writeLock().lock();
    Sync.backend().afterAcquire(rank, this, false);
  }

  /** Acquires the lock for writing if nobody holds it, and returns whether it did. */
  public boolean tryLock() {
    Sync.backend().beforeAcquire(rank, this, false, true);
    if (!lock.writeLock().tryLock()) {
      return false;
    }
    Sync.backend().afterAcquire(rank, this, false);
    return true;
  }

  /** Releases a lock held for writing. */
  public void unlock() {
    Sync.backend().beforeRelease(rank, this, false);
    lock.writeLock().unlock();
  }

  /** Returns whether this thread holds the lock for writing. */
  public boolean isHeld() {
    return lock.isWriteLockedByCurrentThread();
  }

  /** Returns whether this thread holds the lock for reading. */
  public boolean isHeldShared() {
    return lock.getReadHoldCount() > 0;
  }

  @Override
  public String toString() {
    return rank + " " + name;
  }
}
