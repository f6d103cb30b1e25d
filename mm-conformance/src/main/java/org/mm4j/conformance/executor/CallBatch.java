/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * System calls that a lane makes one after the other without asking back, whatever they return:
 * much cheaper than one request each. Can be filled again. Not thread-safe.
 */
public final class CallBatch {
  /** How many calls a batch can have. */
  public static final int MAX_CALLS = 512;

  /** A record: number, six arguments, result. */
  private static final int WORDS = 8;

  private static final int RESULT = 7;

  private long[] words = new long[16 * WORDS];
  private int count;

  /** Makes an empty batch. */
  public CallBatch() {}

  /**
   * Adds a call.
   *
   * @return its place in the batch, from 0 on
   * @throws IllegalArgumentException for calls that would end, replace or fork the lane itself
   * @throws IllegalStateException if the batch is full
   */
  public int add(long number, long... arguments) {
    Lane.requireHarmless(number, arguments);
    if (count == MAX_CALLS) {
      throw new IllegalStateException("a batch has " + MAX_CALLS + " calls at most");
    }
    int at = count * WORDS;
    if (at == words.length) {
      words = Arrays.copyOf(words, 2 * at);
    }
    Arrays.fill(words, at, at + WORDS, 0);
    words[at] = number;
    System.arraycopy(arguments, 0, words, at + 1, arguments.length);
    return count++;
  }

  /** Returns how many calls there are. */
  public int size() {
    return count;
  }

  /** Makes the batch empty. */
  public void clear() {
    count = 0;
  }

  /** Returns what a call returned, once a lane has made it. */
  public RawResult.Returned result(int place) {
    if (place < 0 || place >= count) {
      throw new IndexOutOfBoundsException("place " + place + " of " + count);
    }
    return new RawResult.Returned(words[place * WORDS + RESULT]);
  }

  void writeTo(MemorySegment records) {
    MemorySegment.copy(words, 0, records, JAVA_LONG, 0, count * WORDS);
  }

  void readFrom(MemorySegment records) {
    MemorySegment.copy(records, JAVA_LONG, 0, words, 0, count * WORDS);
  }
}
