/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.userfaultfd;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.UffdMessage;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;
import org.mm4j.sync.WaitQueue;
import org.mm4j.sync.Waiter;

/**
 * The threads that wait in faults of one userfaultfd, and its unread messages, in order of arrival.
 *
 * <p>A fault is in {@code waiting} from {@link #add} until its thread goes on, and in {@code
 * unread} until its message is read. Waking a range costs the waiters in it, not all there are.
 *
 * <p>Thread-safe. {@code lock} guards every field below it and is a leaf.
 */
final class FaultQueue {
  private final Mutex lock = new Mutex(LockRank.USERFAULT, "userfault queue");
  private final Set<BlockedFault> unread = new LinkedHashSet<>();
  private final NavigableMap<Long, Set<BlockedFault>> waiting = new TreeMap<>();
  private long total;
  private boolean closed;

  /** Threads in {@link #take}. */
  private final WaitQueue readers = new WaitQueue();

  /**
   * Adds a fault with its unread message. It may be read and woken at once; call {@link #announce}
   * when readers should know.
   *
   * @return false if the queue is closed; the fault is not added
   */
  boolean add(BlockedFault fault) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      unread.add(fault);
      waiting.computeIfAbsent(fault.pageAddress(), address -> new LinkedHashSet<>()).add(fault);
      total++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Wakes the readers after a fault was added. */
  void announce() {
    readers.wakeAll();
  }

  /** Takes a fault out, wherever it is; harmless if it is gone. */
  void remove(BlockedFault fault) {
    lock.lock();
    try {
      unread.remove(fault);
      Set<BlockedFault> there = waiting.get(fault.pageAddress());
      if (there != null && there.remove(fault) && there.isEmpty()) {
        waiting.remove(fault.pageAddress());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes the oldest unread message, or returns null. */
  @Nullable UffdMessage poll() {
    lock.lock();
    try {
      if (unread.isEmpty()) {
        return null;
      }
      BlockedFault oldest = unread.iterator().next();
      unread.remove(oldest);
      return oldest.message();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the oldest unread message, waiting for one.
   *
   * @throws IllegalStateException if the queue is or becomes closed
   */
  UffdMessage take() throws InterruptedException {
    while (true) {
      Waiter waiter = readers.enlist();
      try {
        UffdMessage message = poll();
        if (message != null) {
          return message;
        }
        if (isClosed()) {
          throw new IllegalStateException("the userfaultfd is closed");
        }
        waiter.await();
      } finally {
        readers.withdraw(waiter);
      }
    }
  }

  /** Returns whether there is an unread message. */
  boolean isReadable() {
    lock.lock();
    try {
      return !unread.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether a fault was added and neither woken nor taken out. */
  boolean hasWaiters() {
    lock.lock();
    try {
      return !waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Wakes every fault whose page lies in a range of user addresses, read or unread. */
  void wake(AddressRange range) {
    List<BlockedFault> woken = new ArrayList<>();
    lock.lock();
    try {
      // User addresses are positive, so the signed order of the map is their order.
      Collection<Set<BlockedFault>> inRange =
          waiting.subMap(range.start(), true, range.end(), false).values();
      for (Set<BlockedFault> there : inRange) {
        woken.addAll(there);
      }
      unread.removeAll(woken);
      inRange.clear();
    } finally {
      lock.unlock();
    }
    woken.forEach(BlockedFault::wake);
  }

  /** Wakes every fault. */
  void wakeAll() {
    wake(new AddressRange(0, Long.MAX_VALUE));
  }

  /** Refuses further faults, wakes the waiting ones and the readers. */
  void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    wakeAll();
    readers.wakeAll();
  }

  /** Returns what fdinfo shows. */
  String describe() {
    lock.lock();
    try {
      long blocked = waiting.values().stream().mapToLong(Set::size).sum();
      return "pending: " + unread.size() + "\nwaiting: " + blocked + "\ntotal: " + total + "\n";
    } finally {
      lock.unlock();
    }
  }
}
