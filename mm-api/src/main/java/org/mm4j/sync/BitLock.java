/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.sync;

/**
 * A lock that is one bit of an object's state word: folio lock, page-table lock, page-cache lock.
 *
 * <p>An object of this class is not one lock but a kind of lock, kept in a {@code static final}
 * field; the owner of the word is passed to each call. A second bit says that somebody waits;
 * waiters sit in a hashed table shared by all objects. An uncontended pair costs two atomic
 * operations. Not re-entrant; any thread may release it, as a folio lock is released by whoever
 * finishes the work.
 *
 * @param word the state word
 * @param lockedBit the mask of the bit that is the lock
 * @param contendedBit the mask of the bit that says somebody waits
 * @param rank the place in the lock order
 */
public record BitLock(WordField word, long lockedBit, long contendedBit, LockRank rank) {
  private static final int SPINS = 200;

  /** Checks the masks. */
  public BitLock {
    if (Long.bitCount(lockedBit) != 1
        || Long.bitCount(contendedBit) != 1
        || lockedBit == contendedBit) {
      throw new IllegalArgumentException("two different bits are needed");
    }
  }

  /** Acquires the owner's lock, spinning and then blocking until it is free; not interruptible. */
  public void lock(Object owner) {
    Sync.backend().beforeAcquire(this, owner, false);
    if (!take(owner)) {
      lockContended(owner);
    }
    Sync.backend().afterAcquire(rank, owner, false);
  }

  /** Acquires the owner's lock if it is free, and returns whether it did. */
  public boolean tryLock(Object owner) {
    Sync.backend().beforeAcquire(this, owner, true);
    if (!take(owner)) {
      return false;
    }
    Sync.backend().afterAcquire(rank, owner, false);
    return true;
  }

  /**
   * Releases the owner's lock.
   *
   * @throws IllegalMonitorStateException if it is not locked
   */
  public void unlock(Object owner) {
    Sync.backend().beforeRelease(rank, owner, false);
    long before = Sync.backend().releaseBits(word.handle(), owner, lockedBit | contendedBit);
    if ((before & lockedBit) == 0) {
      throw new IllegalMonitorStateException(rank + " lock of " + owner + " is not held");
    }
    if ((before & contendedBit) != 0) {
      WaitQueue.sharedBy(owner).wakeAll();
    }
  }

  /** Returns whether somebody holds the owner's lock. */
  public boolean isLocked(Object owner) {
    return (word.getAcquire(owner) & lockedBit) != 0;
  }

  private boolean take(Object owner) {
    return Sync.backend().takeBit(word.handle(), owner, lockedBit);
  }

  private void lockContended(Object owner) {
    for (int i = 0; i < SPINS; i++) {
      Thread.onSpinWait();
      if (!isLocked(owner) && take(owner)) {
        return;
      }
    }
    WaitQueue queue = WaitQueue.sharedBy(owner);
    while (true) {
      Waiter waiter = queue.enlist();
      try {
        // Either the holder sees the contended bit and wakes us, or the lock is free now.
        long before = word.getAndSetBits(owner, lockedBit | contendedBit);
        if ((before & lockedBit) == 0) {
          return; // the contended bit stays set: at worst one needless wake-up
        }
        waiter.awaitUninterruptibly();
      } finally {
        queue.withdraw(waiter);
      }
    }
  }
}
