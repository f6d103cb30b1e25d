/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.Fences;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;
import org.mm4j.sync.SharedLock;
import org.mm4j.sync.Slots;
import org.mm4j.sync.WordField;
import org.mm4j.sync.Words;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Each primitive of {@code org.mm4j.sync} that runs often, and the same operation {@code ByHand}:
 * on the VarHandle or the JDK's lock itself, where nobody could watch. In production the two must
 * not differ.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(5)
public class HookCost {
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle STATE = stateHandle();
  private static final WordField STATE_FIELD = new WordField(STATE);
  private static final long LOCKED = 1;
  private static final long CONTENDED = 2;
  private static final BitLock BIT_LOCK =
      new BitLock(STATE_FIELD, LOCKED, CONTENDED, LockRank.PAGE_CACHE);

  private final @Nullable Object[] slots = new Object[64];
  private final long[] words = new long[512];
  private final Object value = new Object();
  private final Mutex mutex = new Mutex(LockRank.LEAF, "benchmark");
  private final ReentrantLock mutexByHand = new ReentrantLock();
  private final SharedLock sharedLock = new SharedLock(LockRank.REVERSE_MAP, "benchmark");
  private final ReentrantReadWriteLock sharedLockByHand = new ReentrantReadWriteLock();
  private int index = 17;

  @SuppressWarnings("unused") // accessed through STATE
  private long state;

  /** For the harness. */
  public HookCost() {}

  private static VarHandle stateHandle() {
    try {
      return MethodHandles.lookup().findVarHandle(HookCost.class, "state", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** A page-cache slot is read. */
  @Benchmark
  public @Nullable Object slotLoad() {
    return Slots.get(slots, index);
  }

  /** The same without hooks. */
  @Benchmark
  public @Nullable Object slotLoadByHand() {
    return SLOT.getAcquire(slots, index);
  }

  /** A page-cache slot is written. */
  @Benchmark
  public void slotStore() {
    Slots.set(slots, index, value);
  }

  /** The same without hooks. */
  @Benchmark
  public void slotStoreByHand() {
    SLOT.setRelease(slots, index, value);
  }

  /** A page-table entry is read. */
  @Benchmark
  public long wordLoad() {
    return Words.get(words, index);
  }

  /** The same without hooks. */
  @Benchmark
  public long wordLoadByHand() {
    return (long) WORD.getAcquire(words, index);
  }

  /** A page-table entry is written. */
  @Benchmark
  public void wordStore() {
    Words.set(words, index, 1);
  }

  /** The same without hooks. */
  @Benchmark
  public void wordStoreByHand() {
    WORD.setRelease(words, index, 1L);
  }

  /** The generation is looked at, as a processor does at each back edge. */
  @Benchmark
  public long fieldLoad() {
    return STATE_FIELD.getOpaque(this);
  }

  /** The same without hooks. */
  @Benchmark
  public long fieldLoadByHand() {
    return (long) STATE.getOpaque(this);
  }

  /** A processor enters and leaves. */
  @Benchmark
  public void enterAndExit() {
    STATE_FIELD.setVolatile(this, 1);
    STATE_FIELD.setRelease(this, 0);
  }

  /** The same without hooks. */
  @Benchmark
  public void enterAndExitByHand() {
    STATE.setVolatile(this, 1L);
    STATE.setRelease(this, 0L);
  }

  /** A reference is taken and given back. */
  @Benchmark
  public long countUpAndDown() {
    STATE_FIELD.getAndAdd(this, 4);
    return STATE_FIELD.getAndAdd(this, -4);
  }

  /** The same without hooks. */
  @Benchmark
  public long countUpAndDownByHand() {
    STATE.getAndAdd(this, 4L);
    return (long) STATE.getAndAdd(this, -4L);
  }

  /** A full fence. */
  @Benchmark
  public void fullFence() {
    Fences.full();
  }

  /** The same without hooks. */
  @Benchmark
  public void fullFenceByHand() {
    VarHandle.fullFence();
  }

  /** A folio or a page table is locked and unlocked, without a contender. */
  @Benchmark
  public void bitLock() {
    BIT_LOCK.lock(this);
    BIT_LOCK.unlock(this);
  }

  /** The same without hooks. */
  @Benchmark
  public long bitLockByHand() {
    while (true) {
      long before = (long) STATE.getAcquire(this);
      if ((before & LOCKED) != 0) {
        throw new IllegalStateException("locked");
      }
      if (STATE.compareAndSet(this, before, before | LOCKED)) {
        break;
      }
    }
    while (true) {
      long before = (long) STATE.getAcquire(this);
      if (STATE.compareAndSet(this, before, before & ~(LOCKED | CONTENDED))) {
        return before;
      }
    }
  }

  /** A sleeping lock, without a contender. */
  @Benchmark
  public void mutex() {
    mutex.lock();
    mutex.unlock();
  }

  /** The same without hooks. */
  @Benchmark
  public void mutexByHand() {
    mutexByHand.lock();
    mutexByHand.unlock();
  }

  /** A lock is taken and released for reading, without a contender. */
  @Benchmark
  public void sharedLock() {
    sharedLock.lockShared();
    sharedLock.unlockShared();
  }

  /** The same without hooks. */
  @Benchmark
  public void sharedLockByHand() {
    sharedLockByHand.readLock().lock();
    sharedLockByHand.readLock().unlock();
  }
}
