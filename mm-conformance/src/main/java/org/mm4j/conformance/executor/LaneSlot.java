/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * One lane's words in shared memory; the layout is that of {@code executor.s}.
 *
 * <p>Two counters carry the protocol: the caller raises {@code command} when a request is written
 * down, the lane sets {@code done} to it when the result is. Each side sleeps on the other's
 * counter after it has said so, and looks once more in between; both orders are full fences.
 */
final class LaneSlot {
  private static final VarHandle INT = JAVA_INT.varHandle();

  private static final long COMMAND = 0;
  private static final long LANE_SLEEPS = 4;
  private static final long DONE = 8;
  private static final long CALLER_SLEEPS = 12;
  private static final long THREAD_ID = 16;
  private static final long OPERATION = 20;
  private static final long NUMBER = 24;
  private static final long ARGUMENT = 32;
  private static final int ARGUMENTS = 6;
  private static final long RESULT = 80;
  private static final long SIGNAL = 88;
  private static final long SIGNAL_CODE = 92;
  private static final long FAULT_ADDRESS = 96;

  private final MemorySegment words;
  private final Futex futex;

  LaneSlot(MemorySegment words, Futex futex) {
    this.words = words;
    this.futex = futex;
  }

  /** Makes a slot as a new thread expects it. */
  void clear() {
    words.fill((byte) 0);
    VarHandle.fullFence();
  }

  /** Writes a request down and wakes the lane. Returns its number. */
  int post(Operation operation, long number, long[] arguments) {
    words.set(JAVA_INT, OPERATION, operation.number());
    words.set(JAVA_LONG, NUMBER, number);
    for (int i = 0; i < ARGUMENTS; i++) {
      words.set(JAVA_LONG, ARGUMENT + i * 8L, i < arguments.length ? arguments[i] : 0);
    }
    int command = words.get(JAVA_INT, COMMAND) + 1;
    INT.setVolatile(words, COMMAND, command);
    if ((int) INT.getVolatile(words, LANE_SLEEPS) != 0) {
      futex.wake(words, COMMAND);
    }
    return command;
  }

  boolean isDone(int command) {
    return (int) INT.getAcquire(words, DONE) == command;
  }

  /** Sleeps until a request may be done, or a time is over. */
  void sleep(int command, long nanos) {
    INT.setVolatile(words, CALLER_SLEEPS, 1);
    int done = (int) INT.getVolatile(words, DONE);
    if (done != command) {
      futex.await(words, DONE, done, nanos);
    }
    INT.setVolatile(words, CALLER_SLEEPS, 0);
  }

  /** Sleeps until the thread may have ended, or a time is over. */
  void sleepOnThread(int threadId, long nanos) {
    futex.await(words, THREAD_ID, threadId, nanos);
  }

  /** Returns the result of the request that is done. */
  RawResult result() {
    int signal = words.get(JAVA_INT, SIGNAL);
    long result = words.get(JAVA_LONG, RESULT);
    return signal == 0
        ? new RawResult.Returned(result)
        : new RawResult.Signalled(
            signal, words.get(JAVA_INT, SIGNAL_CODE), words.get(JAVA_LONG, FAULT_ADDRESS), result);
  }

  /** Returns the number of the lane's thread; 0 before it has begun and after it has ended. */
  int threadId() {
    return (int) INT.getVolatile(words, THREAD_ID);
  }
}
