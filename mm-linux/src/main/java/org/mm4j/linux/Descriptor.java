/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.mm4j.linux.ffm.SystemCall;
import org.mm4j.linux.ffm.SystemCalls;

/**
 * A file descriptor that is closed when nobody uses it any more: a number that was given back to
 * the kernel could be another file's by the time a slow call uses it. Thread-safe.
 */
final class Descriptor implements AutoCloseable {
  private static final int CLOSED = 1 << 31;

  private final int number;
  private final String name;
  private final IntConsumer closing;

  /** How many calls use it; the sign bit is set once it is closed. */
  private final AtomicInteger users = new AtomicInteger();

  Descriptor(SystemCalls calls, int number, String name) {
    this(number, name, last -> calls.call(SystemCall.CLOSE, last, 0, 0));
  }

  /** Creates one with its own way of closing the file, which is called once, after the last use. */
  Descriptor(int number, String name, IntConsumer closing) {
    this.number = number;
    this.name = name;
    this.closing = closing;
  }

  /** What is done with the number. */
  @FunctionalInterface
  interface Use {
    /** Makes a call. */
    long with(int number);
  }

  /**
   * Makes a call with the number.
   *
   * @throws IllegalStateException if it is closed
   */
  long use(Use use) {
    acquire();
    try {
      return use.with(number);
    } finally {
      release();
    }
  }

  /** Keeps the number valid until {@link #release()}. */
  void acquire() {
    int before = users.getAndUpdate(count -> (count & CLOSED) == 0 ? count + 1 : count);
    if ((before & CLOSED) != 0) {
      throw new IllegalStateException(name + " is closed");
    }
  }

  /** The number, which is this file's only between {@link #acquire()} and {@link #release()}. */
  int number() {
    return number;
  }

  /** Ends what {@link #acquire()} began. */
  void release() {
    if (users.decrementAndGet() == CLOSED) {
      closing.accept(number);
    }
  }

  boolean isClosed() {
    return (users.get() & CLOSED) != 0;
  }

  /** Closes it once the last call that uses it has returned. Closing twice does nothing. */
  @Override
  public void close() {
    int before = users.getAndUpdate(count -> count | CLOSED);
    if (before == 0) {
      closing.accept(number);
    }
  }
}
