/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.tlb;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mm4j.sync.RefField;
import org.mm4j.sync.Sync;
import org.mm4j.sync.WordField;

/**
 * The processors that use one set of page tables, and the counter that makes them forget.
 *
 * <pre>{@code
 * enter:  state = INSIDE (no later load passes it)
 *         g = generation; if g != seen { clear TLB; seen = g (release) }
 * poll:   g = generation; if g != seen { clear TLB; seen = g (release) }
 * exit:   state = OUTSIDE (release)
 * flush:  g = ++generation (full fence)
 *         for each processor: wait until state == OUTSIDE or seen >= g
 * }</pre>
 *
 * <p>Why it works: the entry was removed before the generation was raised. A processor that enters
 * stores its state, then loads the generation; whoever flushes raises the generation, then loads
 * the state. One of them sees the other (store buffering, closed by a full fence on both sides):
 * either the processor clears its TLB before it uses it, and then walks tables from which the entry
 * is gone, or the flush waits for it. A processor that joins while somebody flushes is the same
 * case, with the array of processors in the place of the state.
 *
 * <p>A processor that is preempted INSIDE delays a flush by a time slice; the longest flush is
 * reported. Thread-safe; no locks.
 */
public final class ShootdownDomain {
  private static final WordField GENERATION =
      WordField.of(MethodHandles.lookup(), ShootdownDomain.class, "generation");
  private static final RefField<Processor[]> PROCESSORS =
      RefField.of(MethodHandles.lookup(), ShootdownDomain.class, "processors", Processor[].class);

  /** The owner of a processor that is lent. */
  private static final long NOBODY = -1;

  private static final int STRIPES = 16;
  private static final int SPINS = 100;
  private static final long PAUSE_NANOS = 50_000;

  @SuppressWarnings("unused") // accessed through GENERATION
  private long generation = 1;

  /** Replaced as a whole; the first {@link #STRIPES} are lent to system calls. */
  @SuppressWarnings("unused") // accessed through PROCESSORS
  private @Nullable Processor[] processors;

  /** Creates a domain without guest processors. */
  public ShootdownDomain() {
    processors = new Processor[STRIPES];
    Arrays.setAll(processors, i -> new Processor(NOBODY));
  }

  /** Returns the generation now, unordered: for a poll. */
  long generationOpaque() {
    return GENERATION.getOpaque(this);
  }

  /** Returns the generation now. */
  public long generation() {
    return GENERATION.getAcquire(this);
  }

  /** Adds a processor of the calling thread. */
  Processor join() {
    Processor processor = new Processor(Sync.threadNumber());
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      Processor[] before = all();
      Processor[] after = Arrays.copyOf(before, before.length + 1);
      after[before.length] = processor;
      if (PROCESSORS.compareAndSet(this, before, after)) {
        return processor;
      }
    }
  }

  /** Removes a processor, which is OUTSIDE. */
  void leave(Processor processor) {
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      Processor[] before = all();
      Processor[] after =
          Arrays.stream(before).filter(p -> p != processor).toArray(Processor[]::new);
      if (PROCESSORS.compareAndSet(this, before, after)) {
        return;
      }
    }
  }

  /** Returns how many guest processors there are. */
  public int processorCount() {
    return all().length - STRIPES;
  }

  /**
   * Borrows a processor and goes INSIDE on it, for at most one page of work. Lock-free and without
   * allocation.
   */
  public Processor borrow() {
    Processor[] candidates = all();
    int first = (int) Sync.threadNumber();
    for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
      for (int i = 0; i < STRIPES; i++) {
        Processor processor = candidates[(first + i) & (STRIPES - 1)];
        if (processor.tryGoInside()) {
          long now = generation();
          if (processor.seen() != now) {
            processor.publishSeen(now); // it has no TLB to clear
          }
          return processor;
        }
      }
    }
  }

  /** Goes OUTSIDE and gives a borrowed processor back. */
  public void giveBack(Processor processor) {
    processor.goOutside();
  }

  /**
   * Requires that the calling thread's own processors are OUTSIDE, as every system call does.
   *
   * @throws IllegalStateException if one is INSIDE: it would wait for itself
   */
  public void requireOutside() {
    Processor[] snapshot = all();
    if (snapshot.length == STRIPES) {
      return;
    }
    long thread = Sync.threadNumber();
    for (int i = STRIPES; i < snapshot.length; i++) {
      if (snapshot[i].isOwnedBy(thread) && !snapshot[i].isOutside()) {
        throw new IllegalStateException(
            "this thread's processor is INSIDE: call exit() first, or use outside()");
      }
    }
  }

  /** Raises the generation and returns it; a full fence. What was removed is removed before. */
  long raise() {
    return GENERATION.getAndAdd(this, 1) + 1;
  }

  /** Returns when no processor uses a translation older than a generation. */
  void awaitPassed(long target) {
    for (Processor processor : all()) {
      awaitPassed(processor, target);
    }
  }

  private static void awaitPassed(Processor processor, long target) {
    for (int round = 0; ; round++) {
      long attempt = Sync.attempt();
      if (processor.isOutside() || processor.seen() >= target) {
        return;
      }
      if (round < SPINS) {
        Sync.retry(attempt);
      } else {
        Sync.pause(PAUSE_NANOS);
      }
    }
  }

  private Processor[] all() {
    Processor[] snapshot = PROCESSORS.get(this);
    if (snapshot == null) {
      throw new IllegalStateException("no processors");
    }
    return snapshot;
  }
}
