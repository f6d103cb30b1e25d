/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Sleeping on a word of shared memory, and waking who sleeps there, in whatever process. */
final class Futex {
  private static final long NR_FUTEX = 202;
  private static final long WAIT = 0;
  private static final long WAKE = 1;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final NativeCall calls;
  private final ThreadLocal<MemorySegment> timeout =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(JAVA_LONG, 2));

  Futex(NativeCall calls) {
    this.calls = calls;
  }

  /** Sleeps while the word has a value, at most for a time. May return early. */
  void await(MemorySegment words, long offset, int whileValue, long nanos) {
    MemorySegment time = timeout.get();
    time.setAtIndex(JAVA_LONG, 0, nanos / NANOS_PER_SECOND);
    time.setAtIndex(JAVA_LONG, 1, nanos % NANOS_PER_SECOND);
    long word = words.address() + offset;
    calls.call(words, NR_FUTEX, word, WAIT, whileValue, time.address(), 0);
  }

  /** Wakes one who sleeps on the word. */
  void wake(MemorySegment words, long offset) {
    calls.call(words, NR_FUTEX, words.address() + offset, WAKE, 1);
  }
}
