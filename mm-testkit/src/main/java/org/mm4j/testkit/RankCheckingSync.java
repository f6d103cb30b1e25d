/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.HardwareSync;
import org.mm4j.sync.LockRank;
import org.mm4j.testkit.locks.HeldLocks;
import org.mm4j.testkit.locks.LockViolation;

/**
 * The hardware, watched: each thread that breaks a locking rule gets a {@link LockViolation} at
 * that moment, whether or not it would have deadlocked this time. In use whenever this module is on
 * the path.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>A lock is acquired only while every lock held has a lower rank. Locks of a nestable rank
 *       may be held together; folios of one file in ascending index order. Trying is exempt, but
 *       what was acquired by trying counts afterwards.
 *   <li>No lock is acquired twice by one thread. (A bit lock may be tried: that answers false.)
 *   <li>A lock is released in the mode in which it is held, by its holder, or by anybody after
 *       {@link #handOver}.
 *   <li>Nobody waits while holding a lock, except for the next lock. {@link
 *       org.mm4j.sync.Sync#pause} is permitted.
 *   <li>Nothing is acquired and nothing is waited for INSIDE.
 * </ul>
 *
 * <p>A violation is thrown before the lock is touched, and recorded as well, because what throws
 * may run under somebody who catches everything: see {@link #assertNothingHeld}. The checks order
 * no memory accesses of the program.
 */
public class RankCheckingSync extends HardwareSync {
  private static final Set<HeldLocks> THREADS = ConcurrentHashMap.newKeySet();
  private static final Set<Object> HANDED_OVER =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
  private static final List<LockViolation> VIOLATIONS =
      Collections.synchronizedList(new ArrayList<>());
  private static final ThreadLocal<HeldLocks> HELD =
      ThreadLocal.withInitial(RankCheckingSync::newThread);

  /** Creates the backend, for the service loader. */
  public RankCheckingSync() {}

  private static HeldLocks newThread() {
    THREADS.removeIf(held -> !held.thread().isAlive() && held.isEmpty());
    HeldLocks held = new HeldLocks(Thread.currentThread());
    THREADS.add(held);
    return held;
  }

  // ------------------------------------------------------------ for tests

  /**
   * Says that this thread no longer owns a lock it holds, and that another thread will release it.
   *
   * @param lock the {@link org.mm4j.sync.Mutex}, or the owner of the bit lock (a folio)
   */
  public static void handOver(Object lock) {
    HANDED_OVER.add(lock);
    try {
      HELD.get().handOver(lock);
    } catch (LockViolation e) {
      HANDED_OVER.remove(lock);
      throw recorded(e);
    }
  }

  /** Returns what the calling thread holds, in the order of acquisition, for people. */
  public static List<String> held() {
    return HELD.get().describe();
  }

  /** Returns the violations since the last call, and forgets them. */
  public static List<LockViolation> takeViolations() {
    synchronized (VIOLATIONS) {
      List<LockViolation> taken = List.copyOf(VIOLATIONS);
      VIOLATIONS.clear();
      return taken;
    }
  }

  /**
   * Asserts, after a test, that no thread holds a lock and that no rule was broken since the last
   * call. Forgets the violations, and the locks of the calling thread and of dead ones, so that the
   * next test begins clean.
   *
   * @throws AssertionError that lists what is held, and by whom; the violations are suppressed
   *     exceptions of it
   */
  public static void assertNothingHeld() {
    List<String> problems = new ArrayList<>();
    for (HeldLocks held : THREADS) {
      if (!held.isEmpty()) {
        problems.add("thread \"" + held.thread().getName() + "\" holds " + held.describe());
        if (held.thread().equals(Thread.currentThread()) || !held.thread().isAlive()) {
          held.clear();
        }
      }
    }
    synchronized (HANDED_OVER) {
      HANDED_OVER.forEach(lock -> problems.add("handed over and never released: " + lock));
      HANDED_OVER.clear();
    }
    List<LockViolation> violations = takeViolations();
    violations.forEach(violation -> problems.add(violation.getMessage()));
    if (!problems.isEmpty()) {
      AssertionError error = new AssertionError(String.join(System.lineSeparator(), problems));
      violations.forEach(error::addSuppressed);
      throw error;
    }
  }

  private static LockViolation recorded(LockViolation violation) {
    VIOLATIONS.add(violation);
    return violation;
  }

  // ------------------------------------------------------------ hooks

  @Override
  protected void beforeAcquire(LockRank rank, Object lock, boolean shared, boolean trying) {
    try {
      HELD.get().beforeAcquire(rank, lock, shared, trying);
    } catch (LockViolation e) {
      throw recorded(e);
    }
  }

  @Override
  protected void afterAcquire(LockRank rank, Object lock, boolean shared) {
    HELD.get().afterAcquire(rank, lock, shared);
  }

  @Override
  protected void beforeRelease(LockRank rank, Object lock, boolean shared) {
    HeldLocks held = HELD.get();
    try {
      if (!held.release(rank, lock, shared) && !HANDED_OVER.remove(lock)) {
        throw held.violation("releases " + rank + " of " + lock + " without holding it");
      }
    } catch (LockViolation e) {
      throw recorded(e);
    }
  }

  @Override
  protected void beforeAcquire(BitLock lock, Object owner, boolean trying) {
    beforeAcquire(lock.rank(), owner, false, trying);
  }

  @Override
  protected void beforeWait(Object waiter) {
    try {
      HELD.get().beforeWait(waiter);
    } catch (LockViolation e) {
      throw recorded(e);
    }
  }

  @Override
  protected void sleep(long nanos) {
    try {
      HELD.get().beforeSleep();
    } catch (LockViolation e) {
      throw recorded(e);
    }
    super.sleep(nanos);
  }

  @Override
  protected void onInside(boolean inside) {
    try {
      HELD.get().inside(inside);
    } catch (LockViolation e) {
      throw recorded(e);
    }
  }
}
