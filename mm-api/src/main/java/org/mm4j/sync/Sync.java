/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.sync;

import java.lang.invoke.VarHandle;
import java.util.Iterator;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The backend behind the nouns of this package: the hardware, unless a provider of this class is on
 * the path.
 *
 * <p>There is exactly one backend per process, chosen when this class is initialised: with no
 * provider the hardware; with one provider that one; with several an {@link IllegalStateException}
 * that names them. It is held in a static final field of a type with one loaded subclass, so that
 * calls through it are folded by the JIT; no object carries a reference to it.
 *
 * <p>A backend overrides what it wants to see. All hooks are called on the thread that performs the
 * operation.
 */
public abstract class Sync {
  private static final Sync BACKEND = find();

  /** Creates a backend; providers need a public no-argument constructor. */
  protected Sync() {}

  private static Sync find() {
    Iterator<Sync> providers =
        ServiceLoader.load(Sync.class, Sync.class.getClassLoader()).iterator();
    if (!providers.hasNext()) {
      return new HardwareSync();
    }
    Sync first = providers.next();
    if (providers.hasNext()) {
      throw new IllegalStateException(
          "two synchronisation backends on the path: "
              + first.getClass().getName()
              + " and "
              + providers.next().getClass().getName());
    }
    return first;
  }

  static Sync backend() {
    return BACKEND;
  }

  /**
   * Begins an attempt at a lock-free operation that may have to be repeated.
   *
   * <p>The one correct loop:
   *
   * <pre>{@code
   * for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
   *   ...              // restart from the root of the structure; return when it worked
   * }
   * }</pre>
   *
   * @return a token for {@link #retry}
   */
  public static long attempt() {
    return BACKEND.beginAttempt();
  }

  /**
   * Says that the attempt failed because of somebody else, and that the caller tries again now. On
   * hardware a spin hint; an exploring backend lets the task go on only after another task has
   * written something since the attempt began.
   *
   * @param attempt what {@link #attempt} returned
   */
  public static void retry(long attempt) {
    BACKEND.repeatAttempt(attempt);
  }

  /**
   * Sleeps for a moment inside a lock-free retry that has spun for long enough, as whoever flushes
   * does while a processor does not react. Unlike a wait on a {@link Waiter} it is permitted while
   * locks are held, so what it waits for must not need any lock. Returns early at an interrupt,
   * which stays pending.
   *
   * @param nanos about how long, in nanoseconds
   */
  public static void pause(long nanos) {
    BACKEND.sleep(nanos);
  }

  /**
   * Announces that this thread begins or ends to use translations ({@link LockRank#INSIDE}); in
   * between it may acquire and wait for nothing.
   *
   * @param inside whether it begins
   */
  public static void inside(boolean inside) {
    BACKEND.onInside(inside);
  }

  /**
   * Returns a number of the calling thread that spreads threads over stripes and says who owns a
   * processor; not negative, the same at each call of one thread, and never that of another thread
   * that lives. A backend may choose it.
   */
  public static long threadNumber() {
    return BACKEND.numberOfThread();
  }

  /** Returns the monotonic time in nanoseconds; a backend may stop it. */
  public static long nanoTime() {
    return BACKEND.now();
  }

  /**
   * Announces an access to one page of frame content (a copy, a clear, a load or store of a guest),
   * the granularity at which an exploring backend sees content.
   *
   * @param kind what is done
   * @param frame the frame number
   */
  public static void content(ContentAccess kind, long frame) {
    BACKEND.onContent(kind, frame);
  }

  /** Kinds of access to the content of a frame. */
  public enum ContentAccess {
    /** The content is read. */
    READ,
    /** The content is changed. */
    WRITE
  }

  // ---------------------------------------------------------------- hooks of a backend

  /** Called by {@link #attempt}. */
  protected abstract long beginAttempt();

  /** Called by {@link #retry}. */
  protected abstract void repeatAttempt(long attempt);

  /** Called by {@link #pause}. */
  protected abstract void sleep(long nanos);

  /** Called by {@link #inside}. */
  protected abstract void onInside(boolean inside);

  /** Called by {@link #threadNumber}. */
  protected abstract long numberOfThread();

  /** Called by {@link #nanoTime}. */
  protected abstract long now();

  /** Called by {@link #content}. */
  protected abstract void onContent(ContentAccess kind, long frame);

  /** Called before a thread acquires a lock, or tries to; {@code lock} identifies it. */
  protected abstract void beforeAcquire(LockRank rank, Object lock, boolean shared, boolean trying);

  /** Called after a thread acquired a lock. */
  protected abstract void afterAcquire(LockRank rank, Object lock, boolean shared);

  /** Called before a thread releases a lock. */
  protected abstract void beforeRelease(LockRank rank, Object lock, boolean shared);

  /** Called before a thread acquires a bit lock, or tries to. */
  protected abstract void beforeAcquire(BitLock lock, Object owner, boolean trying);

  /** Called before a thread blocks on a waiter, in an acquisition or by itself. */
  protected abstract void beforeWait(Object waiter);

  /**
   * Called before a thread blocks until a word field of its waiter has a value.
   *
   * @return whether the backend has waited for it; if not, the thread blocks
   */
  protected abstract boolean awaitWord(VarHandle field, Object waiter, long value);

  /** Called before a wait queue is changed. */
  protected abstract void onQueue(WaitQueue queue);

  /** Returns an array element, ordered as {@code getAcquire}. */
  protected abstract @Nullable Object loadSlot(Object[] slots, int index);

  /** Stores an array element, ordered as {@code setRelease}. */
  protected abstract void storeSlot(@Nullable Object[] slots, int index, @Nullable Object value);

  /** Compares and sets an array element, ordered as a volatile access. */
  protected abstract boolean compareAndSetSlot(
      @Nullable Object[] slots, int index, @Nullable Object expected, @Nullable Object value);

  /** Returns a reference field, ordered as {@code getAcquire}. */
  protected abstract @Nullable Object loadRef(VarHandle field, Object owner);

  /** Stores a reference field, ordered as {@code setRelease}. */
  protected abstract void storeRef(VarHandle field, Object owner, @Nullable Object value);

  /** Compares and sets a reference field, ordered as a volatile access. */
  protected abstract boolean compareAndSetRef(
      VarHandle field, Object owner, @Nullable Object expected, @Nullable Object value);

  /** Returns an array element, ordered as {@code getAcquire}. */
  protected abstract long loadWord(long[] words, int index);

  /** Stores an array element, ordered as {@code setRelease}. */
  protected abstract void storeWord(long[] words, int index, long value);

  /** Compares and sets an array element, ordered as a volatile access. */
  protected abstract boolean compareAndSetWord(long[] words, int index, long expected, long value);

  /** Returns a word field, ordered as {@code getOpaque}. */
  protected abstract long loadWordOpaque(VarHandle field, Object owner);

  /** Returns a word field, ordered as {@code getAcquire}. */
  protected abstract long loadWordAcquire(VarHandle field, Object owner);

  /** Stores a word field, ordered as {@code setOpaque}. */
  protected abstract void storeWordOpaque(VarHandle field, Object owner, long value);

  /** Stores a word field, ordered as {@code setRelease}. */
  protected abstract void storeWordRelease(VarHandle field, Object owner, long value);

  /** Stores a word field, ordered as a volatile access: no later load passes it. */
  protected abstract void storeWordVolatile(VarHandle field, Object owner, long value);

  /** Compares and sets a word field, ordered as a volatile access. */
  protected abstract boolean compareAndSetWordField(
      VarHandle field, Object owner, long expected, long value);

  /** Adds to a word field and returns the value before, ordered as a volatile access. */
  protected abstract long getAndAddWord(VarHandle field, Object owner, long delta);

  /** Adds to a word field whose value before nobody needs, ordered as a volatile access. */
  protected abstract void addToWord(VarHandle field, Object owner, long delta);

  /**
   * Adds {@code delta}, not negative, to a word field if the sum is not greater than the limit, and
   * returns whether it did; ordered as a volatile access if it did.
   */
  protected abstract boolean tryAddToWord(VarHandle field, Object owner, long delta, long limit);

  /**
   * Adds {@code delta} to a word field if {@code word & mask} is within bounds, and returns whether
   * it did; ordered as a volatile access if it did.
   */
  protected abstract boolean addIfWithin(
      VarHandle field, Object owner, long mask, long least, long most, long delta);

  /** Sets bits of a word field and returns the value before; a full fence unless all were set. */
  protected abstract long getAndSetBits(VarHandle field, Object owner, long bits);

  /** Clears bits of a word field, returns the value before; a full fence unless all were clear. */
  protected abstract long getAndClearBits(VarHandle field, Object owner, long bits);

  /** Sets bits of an array element, returns the value before; a full fence unless all were set. */
  protected abstract long getAndSetBits(long[] words, int index, long bits);

  /**
   * Sets the locked bit of a bit lock, between {@link #beforeAcquire} and {@link #afterAcquire},
   * and returns whether it was clear.
   */
  protected abstract boolean takeBit(VarHandle field, Object owner, long bit);

  /**
   * Clears bits of a bit lock, after {@link #beforeRelease}, and returns the word before. The
   * stores before it become visible before it; nothing else is promised.
   */
  protected abstract long releaseBits(VarHandle field, Object owner, long bits);

  /** Orders every access before it before every access after it. */
  protected abstract void fullFence();

  /** Orders loads before it before all accesses after it. */
  protected abstract void acquireFence();

  /** Orders all accesses before it before stores after it. */
  protected abstract void releaseFence();
}
