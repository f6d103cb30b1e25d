/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.WaitQueue;
import org.mm4j.testkit.RankCheckingSync;

/**
 * The backend of the kit: for ordinary threads the checked hardware, for the tasks of an
 * exploration every operation goes through {@link Operations}.
 */
public final class ExploringSync extends RankCheckingSync {
  /** The operations of the run that is explored now; null at all other times. */
  private static @Nullable Operations current;

  /** Creates the backend, for the service loader. */
  public ExploringSync() {}

  /** Begins or ends the exploration of a run. */
  static void explore(@Nullable Operations operations) {
    current = operations;
  }

  /** Returns the calling task if it is explored, else null. */
  private static @Nullable ExploredTask caller(Operations now, @Nullable Object touched) {
    return now.run().caller(touched);
  }

  // ------------------------------------------------------------ attempts, time, threads

  @Override
  protected long beginAttempt() {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, null);
    return task == null ? super.beginAttempt() : task.beginAttempt();
  }

  @Override
  protected void repeatAttempt(long attempt) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, null);
    if (now == null || task == null) {
      super.repeatAttempt(attempt);
    } else {
      now.retry(task, attempt);
    }
  }

  @Override
  protected void sleep(long nanos) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, null);
    if (now == null || task == null) {
      super.sleep(nanos);
    } else {
      now.check(task, task.held::beforeSleep);
    }
  }

  @Override
  protected void onInside(boolean inside) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, null);
    if (now == null || task == null) {
      super.onInside(inside);
    } else {
      now.check(task, () -> task.held.inside(inside));
    }
  }

  @Override
  protected long numberOfThread() {
    Operations now = current;
    return now == null ? super.numberOfThread() : now.run().threadNumber();
  }

  @Override
  protected long now() {
    return current == null ? super.now() : 0;
  }

  @Override
  protected void onContent(ContentAccess kind, long frame) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, null);
    if (now != null && task != null) {
      now.content(task, kind == ContentAccess.WRITE, frame);
    }
  }

  // ------------------------------------------------------------ locks

  @Override
  protected void beforeAcquire(LockRank rank, Object lock, boolean shared, boolean trying) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, lock);
    if (now == null || task == null) {
      super.beforeAcquire(rank, lock, shared, trying);
    } else {
      now.acquire(task, rank, lock, shared, trying);
    }
  }

  @Override
  protected void beforeAcquire(BitLock lock, Object owner, boolean trying) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    if (now == null || task == null) {
      super.beforeAcquire(lock, owner, trying);
    } else {
      now.acquire(task, lock, owner, trying);
    }
  }

  @Override
  protected void afterAcquire(LockRank rank, Object lock, boolean shared) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, lock);
    if (now == null || task == null) {
      super.afterAcquire(rank, lock, shared);
    } else {
      now.acquired(task, rank, lock, shared);
    }
  }

  @Override
  protected void beforeRelease(LockRank rank, Object lock, boolean shared) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, lock);
    if (now == null || task == null) {
      super.beforeRelease(rank, lock, shared);
    } else {
      now.release(task, rank, lock, shared);
    }
  }

  @Override
  protected boolean takeBit(VarHandle field, Object owner, long bit) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    if (now == null || task == null) {
      return super.takeBit(field, owner, bit);
    }
    return now.takeBit(task, field, owner, bit);
  }

  @Override
  protected long releaseBits(VarHandle field, Object owner, long bits) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    return now == null || task == null
        ? super.releaseBits(field, owner, bits)
        : now.releaseBits(task, field, owner, bits);
  }

  @Override
  protected void beforeWait(Object waiter) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, waiter);
    if (now == null || task == null) {
      super.beforeWait(waiter);
    } else {
      now.check(task, () -> task.held.beforeWait(waiter));
    }
  }

  @Override
  protected boolean awaitWord(VarHandle field, Object waiter, long value) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, waiter);
    return now != null && task != null && now.awaitWord(task, field, waiter, value);
  }

  @Override
  protected void onQueue(WaitQueue queue) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, queue);
    if (now != null && task != null) {
      now.queue(task, queue);
    }
  }

  // ------------------------------------------------------------ references

  @Override
  protected @Nullable Object loadSlot(Object[] slots, int index) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, slots);
    return now == null || task == null
        ? super.loadSlot(slots, index)
        : now.loadReference(task, RawMemory.SLOT, slots, null, index);
  }

  @Override
  protected void storeSlot(@Nullable Object[] slots, int index, @Nullable Object value) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, slots);
    if (now == null || task == null) {
      super.storeSlot(slots, index, value);
    } else {
      now.storeReference(task, RawMemory.SLOT, slots, null, index, value);
    }
  }

  @Override
  protected boolean compareAndSetSlot(
      @Nullable Object[] slots, int index, @Nullable Object expected, @Nullable Object value) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, slots);
    if (now == null || task == null) {
      return super.compareAndSetSlot(slots, index, expected, value);
    }
    Cell cell = now.beforeUpdate(task, slots, null, index);
    return now.updated(task, cell, super.compareAndSetSlot(slots, index, expected, value));
  }

  @Override
  protected @Nullable Object loadRef(VarHandle field, Object owner) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    return now == null || task == null
        ? super.loadRef(field, owner)
        : now.loadReference(task, RawMemory.REFERENCE, owner, field, Cell.NO_INDEX);
  }

  @Override
  protected void storeRef(VarHandle field, Object owner, @Nullable Object value) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    if (now == null || task == null) {
      super.storeRef(field, owner, value);
    } else {
      now.storeReference(task, RawMemory.REFERENCE, owner, field, Cell.NO_INDEX, value);
    }
  }

  @Override
  protected boolean compareAndSetRef(
      VarHandle field, Object owner, @Nullable Object expected, @Nullable Object value) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    if (now == null || task == null) {
      return super.compareAndSetRef(field, owner, expected, value);
    }
    Cell cell = now.beforeUpdate(task, owner, field, Cell.NO_INDEX);
    return now.updated(task, cell, super.compareAndSetRef(field, owner, expected, value));
  }

  // ------------------------------------------------------------ words

  @Override
  protected long loadWord(long[] words, int index) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, words);
    return now == null || task == null
        ? super.loadWord(words, index)
        : now.loadWord(task, RawMemory.ELEMENT, words, null, index);
  }

  @Override
  protected void storeWord(long[] words, int index, long value) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, words);
    if (now == null || task == null) {
      super.storeWord(words, index, value);
    } else {
      now.storeWord(task, RawMemory.ELEMENT, words, null, index, value);
    }
  }

  @Override
  protected boolean compareAndSetWord(long[] words, int index, long expected, long value) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, words);
    if (now == null || task == null) {
      return super.compareAndSetWord(words, index, expected, value);
    }
    Cell cell = now.beforeUpdate(task, words, null, index);
    return now.updated(task, cell, super.compareAndSetWord(words, index, expected, value));
  }

  @Override
  protected long getAndSetBits(long[] words, int index, long bits) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, words);
    return now == null || task == null
        ? super.getAndSetBits(words, index, bits)
        : now.changeBits(task, RawMemory.ELEMENT, words, null, index, bits, true);
  }

  @Override
  protected long loadWordOpaque(VarHandle field, Object owner) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    return now == null || task == null
        ? super.loadWordOpaque(field, owner)
        : now.loadWord(task, RawMemory.WORD, owner, field, Cell.NO_INDEX);
  }

  @Override
  protected long loadWordAcquire(VarHandle field, Object owner) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    return now == null || task == null
        ? super.loadWordAcquire(field, owner)
        : now.loadWord(task, RawMemory.WORD, owner, field, Cell.NO_INDEX);
  }

  @Override
  protected void storeWordOpaque(VarHandle field, Object owner, long value) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    if (now == null || task == null) {
      super.storeWordOpaque(field, owner, value);
    } else {
      now.storeWord(task, RawMemory.WORD, owner, field, Cell.NO_INDEX, value);
    }
  }

  @Override
  protected void storeWordRelease(VarHandle field, Object owner, long value) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    if (now == null || task == null) {
      super.storeWordRelease(field, owner, value);
    } else {
      now.storeWord(task, RawMemory.WORD, owner, field, Cell.NO_INDEX, value);
    }
  }

  @Override
  protected void storeWordVolatile(VarHandle field, Object owner, long value) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    if (now == null || task == null) {
      super.storeWordVolatile(field, owner, value);
    } else if (now.isWeakened()) {
      now.storeWord(task, RawMemory.WORD, owner, field, Cell.NO_INDEX, value);
    } else {
      Cell cell = now.beforeUpdate(task, owner, field, Cell.NO_INDEX);
      super.storeWordVolatile(field, owner, value);
      now.changed(task, cell, value);
    }
  }

  @Override
  protected boolean compareAndSetWordField(
      VarHandle field, Object owner, long expected, long value) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    if (now == null || task == null) {
      return super.compareAndSetWordField(field, owner, expected, value);
    }
    Cell cell = now.beforeUpdate(task, owner, field, Cell.NO_INDEX);
    return now.updated(task, cell, super.compareAndSetWordField(field, owner, expected, value));
  }

  @Override
  protected long getAndAddWord(VarHandle field, Object owner, long delta) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    if (now == null || task == null) {
      return super.getAndAddWord(field, owner, delta);
    }
    Cell cell = now.beforeUpdate(task, owner, field, Cell.NO_INDEX);
    long before = super.getAndAddWord(field, owner, delta);
    now.changed(task, cell, before + delta);
    return before;
  }

  @Override
  protected void addToWord(VarHandle field, Object owner, long delta) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    if (now != null && task != null) {
      now.add(task, owner, field, delta);
    }
    super.addToWord(field, owner, delta);
  }

  @Override
  protected boolean tryAddToWord(VarHandle field, Object owner, long delta, long limit) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    if (now == null || task == null) {
      return super.tryAddToWord(field, owner, delta, limit);
    }
    Cell cell = now.beforeUpdate(task, owner, field, Cell.NO_INDEX);
    return now.updated(task, cell, super.tryAddToWord(field, owner, delta, limit));
  }

  @Override
  protected boolean addIfWithin(
      VarHandle field, Object owner, long mask, long least, long most, long delta) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    if (now == null || task == null) {
      return super.addIfWithin(field, owner, mask, least, most, delta);
    }
    BoundedAddition addition = new BoundedAddition(mask, least, most, delta);
    Cell cell = now.beforeAddition(task, owner, field, addition);
    return now.updated(task, cell, super.addIfWithin(field, owner, mask, least, most, delta));
  }

  @Override
  protected long getAndSetBits(VarHandle field, Object owner, long bits) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    return now == null || task == null
        ? super.getAndSetBits(field, owner, bits)
        : now.changeBits(task, RawMemory.WORD, owner, field, Cell.NO_INDEX, bits, true);
  }

  @Override
  protected long getAndClearBits(VarHandle field, Object owner, long bits) {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, owner);
    return now == null || task == null
        ? super.getAndClearBits(field, owner, bits)
        : now.changeBits(task, RawMemory.WORD, owner, field, Cell.NO_INDEX, bits, false);
  }

  // ------------------------------------------------------------ fences

  @Override
  protected void fullFence() {
    Operations now = current;
    ExploredTask task = now == null ? null : caller(now, null);
    if (now == null || task == null) {
      super.fullFence();
    } else if (!now.isWeakened()) {
      now.fence(task);
    }
  }
}
