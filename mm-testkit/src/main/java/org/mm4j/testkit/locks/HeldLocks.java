/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.locks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.spi.Folio;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;
import org.mm4j.sync.SharedLock;

/**
 * The locks that one thread holds, in the order in which it acquired them, and the rules it has to
 * keep. Allocates only when it grows.
 *
 * <p>Used by its thread alone, except for {@link #describe} and {@link #isEmpty}, which any thread
 * may call while the owner rests. The size is written with release order and no fence: a checked
 * run must not be ordered better than an unchecked one.
 */
public final class HeldLocks {
  private static final VarHandle SIZE;

  static {
    try {
      SIZE = MethodHandles.lookup().findVarHandle(HeldLocks.class, "size", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Thread thread;
  private @Nullable Object[] locks = new Object[16];
  private LockRank[] ranks = new LockRank[16];
  private boolean[] shared = new boolean[16];
  private int size;

  /** What the thread is about to acquire and may therefore wait for. */
  private @Nullable Object acquiring;

  private boolean inside;

  /** Creates an empty list of a thread. */
  public HeldLocks(Thread thread) {
    this.thread = thread;
  }

  // ------------------------------------------------------------ rules

  /** Checks an acquisition, or an attempt at one. */
  public void beforeAcquire(LockRank rank, Object lock, boolean wantShared, boolean trying) {
    if (inside) {
      throw violation("acquires " + name(rank, lock, wantShared) + " while it is INSIDE");
    }
    int same = find(rank, lock);
    if (same >= 0) {
      boolean couldSucceed = lock instanceof Mutex || lock instanceof SharedLock;
      if (!trying || couldSucceed) {
        throw violation("acquires " + name(rank, lock, wantShared) + " twice");
      }
      return;
    }
    if (!trying) {
      for (int i = 0; i < size; i++) {
        checkOrder(i, rank, lock, wantShared);
      }
      acquiring = lock;
    }
  }

  private void checkOrder(int held, LockRank rank, Object lock, boolean wantShared) {
    int distance = rank.compareTo(ranks[held]);
    if (distance > 0) {
      return;
    }
    if (distance < 0 || !rank.isNestable()) {
      throw violation(
          "acquires "
              + name(rank, lock, wantShared)
              + " while it holds "
              + name(held)
              + ", against the order "
              + (distance < 0 ? rank + " before " + ranks[held] : "of one " + rank + " at a time"));
    }
    if (locks[held] instanceof Folio first
        && lock instanceof Folio second
        && first.mapping() != null
        && isSame(first.mapping(), second.mapping())
        && first.index() > second.index()) {
      throw violation(
          "acquires "
              + name(rank, lock, wantShared)
              + " while it holds "
              + name(held)
              + ", against the order of ascending indices");
    }
  }

  /** Notes a lock. */
  public void afterAcquire(LockRank rank, Object lock, boolean isShared) {
    acquiring = null;
    int at = size;
    if (at == locks.length) {
      locks = Arrays.copyOf(locks, 2 * at);
      ranks = Arrays.copyOf(ranks, 2 * at);
      shared = Arrays.copyOf(shared, 2 * at);
    }
    locks[at] = lock;
    ranks[at] = rank;
    shared[at] = isShared;
    SIZE.setRelease(this, at + 1);
  }

  /** Forgets a lock; false if this thread does not hold it. */
  public boolean release(LockRank rank, Object lock, boolean wasShared) {
    int at = find(rank, lock);
    if (at < 0) {
      return false;
    }
    if (shared[at] != wasShared) {
      throw violation("releases " + name(rank, lock, wasShared) + " but holds " + name(at));
    }
    remove(at);
    return true;
  }

  /** Forgets a lock that another thread is going to release. */
  public void handOver(Object lock) {
    for (int at = size - 1; at >= 0; at--) {
      if (isSame(locks[at], lock)) {
        remove(at);
        return;
      }
    }
    throw violation("hands over " + lock + " without holding it");
  }

  /** Checks that the thread may wait. */
  public void beforeWait(Object waiter) {
    if (inside) {
      throw violation("waits for " + waiter + " while it is INSIDE");
    }
    if (acquiring == null && size > 0) {
      throw violation("waits for " + waiter + " while it holds locks");
    }
  }

  /** Checks that the thread may sleep. */
  public void beforeSleep() {
    if (inside) {
      throw violation("sleeps while it is INSIDE");
    }
  }

  /** Begins or ends the use of translations. */
  public void inside(boolean enters) {
    if (enters == inside) {
      throw violation(enters ? "enters INSIDE twice" : "leaves INSIDE without being there");
    }
    inside = enters;
  }

  /** Gives up the acquisition that a violation or an error ended. */
  public void clear() {
    Arrays.fill(locks, null);
    acquiring = null;
    inside = false;
    SIZE.setRelease(this, 0);
  }

  // ------------------------------------------------------------ reports

  /** Returns whose locks they are. */
  public Thread thread() {
    return thread;
  }

  /** Returns whether the thread holds nothing. */
  public boolean isEmpty() {
    return (int) SIZE.getAcquire(this) == 0 && !inside;
  }

  /** Returns what the thread holds, for people. */
  public List<String> describe() {
    List<String> names = new ArrayList<>();
    int count = (int) SIZE.getAcquire(this);
    for (int i = 0; i < count; i++) {
      names.add(name(i));
    }
    if (inside) {
      names.add(LockRank.INSIDE.toString());
    }
    return names;
  }

  /** Returns a violation of this thread. */
  public LockViolation violation(String what) {
    return new LockViolation(
        "thread \"" + thread.getName() + "\" " + what + "; it holds " + describe());
  }

  private String name(int at) {
    return name(ranks[at], String.valueOf(locks[at]), shared[at]);
  }

  private static String name(LockRank rank, Object lock, boolean isShared) {
    String text = lock.toString();
    String named = text.startsWith(rank.toString()) ? text : rank + " of " + text;
    return isShared ? named + " (shared)" : named;
  }

  // ------------------------------------------------------------ list

  private int find(LockRank rank, Object lock) {
    for (int at = size - 1; at >= 0; at--) {
      if (isSame(locks[at], lock) && ranks[at] == rank) {
        return at;
      }
    }
    return -1;
  }

  @SuppressWarnings("ReferenceEquality") // a lock is an object, whatever its class thinks is equal
  private static boolean isSame(@Nullable Object one, @Nullable Object other) {
    return one == other;
  }

  private void remove(int at) {
    int last = size - 1;
    System.arraycopy(locks, at + 1, locks, at, last - at);
    System.arraycopy(ranks, at + 1, ranks, at, last - at);
    System.arraycopy(shared, at + 1, shared, at, last - at);
    locks[last] = null;
    SIZE.setRelease(this, last);
  }
}
