/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.tlb;

import java.lang.invoke.MethodHandles;
import org.mm4j.sync.Sync;
import org.mm4j.sync.WordField;

/**
 * What a processor publishes: whether it uses translations, and how new they are.
 *
 * <p>Two words that only the processor's thread stores and that whoever flushes reads.
 */
public final class Processor {
  private static final WordField STATE =
      WordField.of(MethodHandles.lookup(), Processor.class, "state");
  private static final WordField SEEN =
      WordField.of(MethodHandles.lookup(), Processor.class, "seen");
  private static final long OUTSIDE = 0;
  private static final long INSIDE = 1;

  /** The thread it belongs to, or -1 if it is lent to whoever comes. */
  private final long owner;

  @SuppressWarnings("unused") // accessed through STATE
  private long state = OUTSIDE;

  @SuppressWarnings("unused") // accessed through SEEN
  private long seen;

  // Keeps the words of two processors on different cache lines.
  @SuppressWarnings("unused")
  private long pad1, pad2, pad3, pad4, pad5, pad6, pad7, pad8, pad9, pad10, pad11, pad12;

  Processor(long owner) {
    this.owner = owner;
  }

  boolean isOwnedBy(long thread) {
    return owner == thread;
  }

  boolean isOutside() {
    return STATE.getAcquire(this) == OUTSIDE;
  }

  /** Returns the generation up to which its translations are as new as the page tables. */
  long seen() {
    return SEEN.getAcquire(this);
  }

  /** Says that everything older than a generation is forgotten, and is used no more. */
  void publishSeen(long generation) {
    SEEN.setRelease(this, generation);
  }

  /** Goes INSIDE; no later load of the generation passes the store of the state. */
  void goInside() {
    Sync.inside(true);
    STATE.setVolatile(this, INSIDE);
  }

  /** Goes INSIDE if nobody else borrowed it; a full fence if it worked. */
  boolean tryGoInside() {
    if (!STATE.compareAndSet(this, OUTSIDE, INSIDE)) {
      return false;
    }
    Sync.inside(true);
    return true;
  }

  /** Goes OUTSIDE; every access to memory it made is over. */
  void goOutside() {
    STATE.setRelease(this, OUTSIDE);
    Sync.inside(false);
  }
}
