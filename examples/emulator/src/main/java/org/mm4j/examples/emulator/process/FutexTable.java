/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.process;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.mm4j.MemoryException;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.memory.FutexKey;

/**
 * Threads that wait for a word to change. Thread-safe.
 *
 * <p>Who waits gets in line first and looks at the word second, and who wakes has stored before: so
 * no wake-up is lost, although user memory, where a look may wait in a userfault, is never touched
 * with the lock held.
 */
public final class FutexTable {
  /** No time limit. */
  public static final long FOREVER = Long.MAX_VALUE;

  private static final class Waiter {
    private final int bits;
    private final Semaphore wakeUp = new Semaphore(0);

    /** Guarded by the table's lock; changes when it is requeued. */
    private FutexKey key;

    /** Guarded by the table's lock. */
    private boolean isWoken;

    Waiter(FutexKey key, int bits) {
      this.key = key;
      this.bits = bits;
    }
  }

  private final Object lock = new Object();

  /** Guarded by {@link #lock}. */
  private final Map<FutexKey, Queue<Waiter>> queues = new HashMap<>();

  /**
   * Waits until woken, if the word holds what is expected.
   *
   * @param nanos how long at most, or {@link #FOREVER}
   * @throws SyscallException EAGAIN if it holds something else, ETIMEDOUT
   * @throws InterruptedException if the thread is interrupted
   */
  public void await(FutexKey key, int bits, IntSupplier word, int expected, long nanos)
      throws InterruptedException {
    Waiter waiter = new Waiter(key, bits);
    synchronized (lock) {
      queues.computeIfAbsent(key, k -> new ArrayDeque<>()).add(waiter);
    }
    boolean isChanged = true;
    boolean isWoken = false;
    try {
      isChanged = word.getAsInt() != expected;
      if (!isChanged) {
        if (nanos == FOREVER) {
          waiter.wakeUp.acquire();
          isWoken = true;
        } else {
          isWoken = waiter.wakeUp.tryAcquire(nanos, TimeUnit.NANOSECONDS);
        }
      }
    } catch (InterruptedException | MemoryException e) {
      if (!leave(waiter)) { // a wake-up was spent on us: it counts, and the interrupt stays
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        return;
      }
      throw e;
    } finally {
      if (!isWoken) {
        isWoken = !leave(waiter);
      }
    }
    if (!isWoken) {
      throw new SyscallException(isChanged ? LinuxErrno.EAGAIN : LinuxErrno.ETIMEDOUT);
    }
  }

  /** Takes a waiter out of its line; false if it was woken before. */
  private boolean leave(Waiter waiter) {
    synchronized (lock) {
      if (waiter.isWoken) {
        return false;
      }
      Queue<Waiter> queue = queues.get(waiter.key);
      if (queue != null && queue.remove(waiter) && queue.isEmpty()) {
        queues.remove(waiter.key);
      }
      return true;
    }
  }

  /**
   * Wakes waiters.
   *
   * @return how many
   */
  public int wake(FutexKey key, int count, int bits) {
    synchronized (lock) {
      return wakeLocked(key, count, bits);
    }
  }

  private int wakeLocked(FutexKey key, int count, int bits) {
    Queue<Waiter> queue = queues.get(key);
    if (queue == null) {
      return 0;
    }
    int woken = 0;
    for (Iterator<Waiter> i = queue.iterator(); i.hasNext() && woken < count; ) {
      Waiter waiter = i.next();
      if ((waiter.bits & bits) != 0) {
        i.remove();
        waiter.isWoken = true;
        waiter.wakeUp.release();
        woken++;
      }
    }
    if (queue.isEmpty()) {
      queues.remove(key);
    }
    return woken;
  }

  /**
   * Wakes some waiters and lets others wait for another word.
   *
   * @return how many were woken or moved
   */
  public int requeue(FutexKey from, FutexKey to, int wakeCount, int requeueCount) {
    synchronized (lock) {
      int done = wakeLocked(from, wakeCount, -1);
      Queue<Waiter> queue = queues.get(from);
      for (int moved = 0; queue != null && moved < requeueCount; moved++) {
        Waiter waiter = queue.poll();
        if (waiter == null) {
          break;
        }
        waiter.key = to;
        queues.computeIfAbsent(to, k -> new ArrayDeque<>()).add(waiter);
        done++;
      }
      if (queue != null && queue.isEmpty()) {
        queues.remove(from);
      }
      return done;
    }
  }
}
