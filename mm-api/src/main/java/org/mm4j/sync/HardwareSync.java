/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.sync;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The backend of production: each operation is the machine's, each hook is empty.
 *
 * <p>Not final, so that a backend that only watches (lock ranks) can extend it; with no such
 * subclass loaded the JIT treats it as final.
 */
public class HardwareSync extends Sync {
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  /** Creates the backend. */
  public HardwareSync() {}

  @Override
  protected long beginAttempt() {
    return 0;
  }

  @Override
  protected void repeatAttempt(long attempt) {
    Thread.onSpinWait();
  }

  @Override
  protected void sleep(long nanos) {
    LockSupport.parkNanos(nanos);
  }

  @Override
  protected void onInside(boolean inside) {}

  @Override
  protected long numberOfThread() {
    return Thread.currentThread().threadId();
  }

  @Override
  protected long now() {
    return System.nanoTime();
  }

  @Override
  protected void onContent(ContentAccess kind, long frame) {}

  @Override
  protected void beforeAcquire(LockRank rank, Object lock, boolean shared, boolean trying) {}

  @Override
  protected void afterAcquire(LockRank rank, Object lock, boolean shared) {}

  @Override
  protected void beforeRelease(LockRank rank, Object lock, boolean shared) {}

  @Override
  protected void beforeAcquire(BitLock lock, Object owner, boolean trying) {}

  @Override
  protected void beforeWait(Object waiter) {}

  @Override
  protected boolean awaitWord(VarHandle field, Object waiter, long value) {
    return false;
  }

  @Override
  protected void onQueue(WaitQueue queue) {}

  @Override
  protected @Nullable Object loadSlot(Object[] slots, int index) {
    return SLOT.getAcquire(slots, index);
  }

  @Override
  protected void storeSlot(@Nullable Object[] slots, int index, @Nullable Object value) {
    SLOT.setRelease(slots, index, value);
  }

  @Override
  protected boolean compareAndSetSlot(
      @Nullable Object[] slots, int index, @Nullable Object expected, @Nullable Object value) {
    return SLOT.compareAndSet(slots, index, expected, value);
  }

  @Override
  protected @Nullable Object loadRef(VarHandle field, Object owner) {
    return (Object) field.getAcquire(owner);
  }

  @Override
  protected void storeRef(VarHandle field, Object owner, @Nullable Object value) {
    field.setRelease(owner, value);
  }

  @Override
  protected boolean compareAndSetRef(
      VarHandle field, Object owner, @Nullable Object expected, @Nullable Object value) {
    return field.compareAndSet(owner, expected, value);
  }

  @Override
  protected long loadWord(long[] words, int index) {
    return (long) WORD.getAcquire(words, index);
  }

  @Override
  protected void storeWord(long[] words, int index, long value) {
    WORD.setRelease(words, index, value);
  }

  @Override
  protected boolean compareAndSetWord(long[] words, int index, long expected, long value) {
    return WORD.compareAndSet(words, index, expected, value);
  }

  @Override
  protected long loadWordOpaque(VarHandle field, Object owner) {
    return (long) field.getOpaque(owner);
  }

  @Override
  protected long loadWordAcquire(VarHandle field, Object owner) {
    return (long) field.getAcquire(owner);
  }

  @Override
  protected void storeWordOpaque(VarHandle field, Object owner, long value) {
    field.setOpaque(owner, value);
  }

  @Override
  protected void storeWordRelease(VarHandle field, Object owner, long value) {
    field.setRelease(owner, value);
  }

  @Override
  protected void storeWordVolatile(VarHandle field, Object owner, long value) {
    field.setVolatile(owner, value);
  }

  @Override
  protected boolean compareAndSetWordField(
      VarHandle field, Object owner, long expected, long value) {
    return field.compareAndSet(owner, expected, value);
  }

  @Override
  protected long getAndAddWord(VarHandle field, Object owner, long delta) {
    return (long) field.getAndAdd(owner, delta);
  }

  @Override
  protected void addToWord(VarHandle field, Object owner, long delta) {
    field.getAndAdd(owner, delta);
  }

  @Override
  protected boolean tryAddToWord(VarHandle field, Object owner, long delta, long limit) {
    while (true) {
      long before = (long) field.getAcquire(owner);
      if (delta > limit - before) {
        return false;
      }
      if (field.compareAndSet(owner, before, before + delta)) {
        return true;
      }
    }
  }

  @Override
  protected boolean addIfWithin(
      VarHandle field, Object owner, long mask, long least, long most, long delta) {
    while (true) {
      long before = (long) field.getAcquire(owner);
      long part = before & mask;
      if (part < least || part > most) {
        return false;
      }
      if (field.compareAndSet(owner, before, before + delta)) {
        return true;
      }
    }
  }

  @Override
  protected long getAndSetBits(VarHandle field, Object owner, long bits) {
    while (true) {
      long before = (long) field.getAcquire(owner);
      if ((before & bits) == bits || field.compareAndSet(owner, before, before | bits)) {
        return before;
      }
    }
  }

  @Override
  protected long getAndClearBits(VarHandle field, Object owner, long bits) {
    while (true) {
      long before = (long) field.getAcquire(owner);
      if ((before & bits) == 0 || field.compareAndSet(owner, before, before & ~bits)) {
        return before;
      }
    }
  }

  @Override
  protected long getAndSetBits(long[] words, int index, long bits) {
    while (true) {
      long before = (long) WORD.getAcquire(words, index);
      if ((before & bits) == bits || WORD.compareAndSet(words, index, before, before | bits)) {
        return before;
      }
    }
  }

  @Override
  protected boolean takeBit(VarHandle field, Object owner, long bit) {
    while (true) {
      long before = (long) field.getAcquire(owner);
      if ((before & bit) != 0) {
        return false;
      }
      if (field.compareAndSet(owner, before, before | bit)) {
        return true;
      }
    }
  }

  @Override
  protected long releaseBits(VarHandle field, Object owner, long bits) {
    while (true) {
      long before = (long) field.getAcquire(owner);
      if ((before & bits) == 0 || field.compareAndSet(owner, before, before & ~bits)) {
        return before;
      }
    }
  }

  @Override
  protected void fullFence() {
    VarHandle.fullFence();
  }

  @Override
  protected void acquireFence() {
    VarHandle.acquireFence();
  }

  @Override
  protected void releaseFence() {
    VarHandle.releaseFence();
  }
}
