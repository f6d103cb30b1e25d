/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.linux.ffm.SystemCall;
import org.mm4j.linux.ffm.SystemCalls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls a listener each time a descriptor becomes readable, on a thread of its own. */
final class ReadinessWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReadinessWatch.class);
  private static final int EPOLL_CLOEXEC = 0x8_0000;
  private static final int EFD_CLOEXEC = 0x8_0000;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLLIN = 1;
  private static final int EPOLLET = 1 << 31;

  /** Four bytes of events and eight of data; padded on aarch64, packed on x86-64. */
  private static final long EVENT_BYTES = 16;

  private final SystemCalls calls;
  private final Descriptor watched;
  private final Runnable listener;
  private final Consumer<ReadinessWatch> whenEnded;
  private final Descriptor epoll;
  private final Descriptor stop;
  private volatile boolean stopped;

  private ReadinessWatch(
      SystemCalls calls,
      Descriptor watched,
      Runnable listener,
      Consumer<ReadinessWatch> whenEnded) {
    this.calls = calls;
    this.watched = watched;
    this.listener = listener;
    this.whenEnded = whenEnded;
    this.epoll = open(SystemCall.EPOLL_CREATE1, EPOLL_CLOEXEC, 0);
    this.stop = open(SystemCall.EVENTFD2, 0, EFD_CLOEXEC);
  }

  /** Begins to watch; the descriptor stays open until the watch has ended. */
  static ReadinessWatch start(
      SystemCalls calls,
      Descriptor watched,
      Runnable listener,
      Consumer<ReadinessWatch> whenEnded) {
    ReadinessWatch watch = new ReadinessWatch(calls, watched, listener, whenEnded);
    watched.acquire();
    try {
      watch.add(watched.number(), EPOLLIN | EPOLLET);
      watch.add(watch.stop.number(), EPOLLIN);
    } catch (MemoryException e) {
      watch.giveBack();
      throw e;
    }
    Thread.ofPlatform().daemon().name("mm4j-userfaultfd-readable").start(watch::run);
    return watch;
  }

  private Descriptor open(SystemCall call, long first, long second) {
    long number = Refusal.check(calls.call(call, first, second, 0), call.manualName(), 0);
    return new Descriptor(calls, (int) number, call.manualName());
  }

  private void add(int descriptor, int events) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(EVENT_BYTES, Long.BYTES);
      event.set(ValueLayout.JAVA_INT, 0, events);
      long result =
          calls.call(
              SystemCall.EPOLL_CTL,
              epoll.number(),
              EPOLL_CTL_ADD,
              descriptor,
              event.address(),
              0,
              0);
      Refusal.check(result, "epoll_ctl", descriptor);
    }
  }

  private void run() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(EVENT_BYTES, Long.BYTES);
      while (!stopped) {
        long count =
            calls.call(SystemCall.EPOLL_PWAIT, epoll.number(), event.address(), 1, -1, 0, 0);
        if (count > 0 && !stopped) {
          tell();
        } else if (count < 0 && !Refusal.is(count, Errno.EINTR)) {
          LOG.error("cannot watch a userfaultfd any more: errno {}", -count);
          return;
        }
      }
    } finally {
      giveBack();
      whenEnded.accept(this);
    }
  }

  private void giveBack() {
    watched.release();
    epoll.close();
    stop.close();
  }

  private void tell() {
    try {
      listener.run();
    } catch (RuntimeException e) {
      LOG.error("the listener of a userfaultfd failed", e);
    }
  }

  /** Ends the watch, without waiting for the listener. */
  @Override
  public void close() {
    stopped = true;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1);
      stop.use(own -> calls.call(SystemCall.WRITE, own, one.address(), Long.BYTES));
    } catch (IllegalStateException e) {
      LOG.trace("the watch has ended already", e);
    }
  }
}
