/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;
import org.mm4j.linux.ffm.SystemCall;
import org.mm4j.linux.ffm.SystemCalls;

/**
 * A wait for a descriptor to become readable, which an interrupt of the waiting thread or {@link
 * #wakeup} ends. For one thread at a time.
 *
 * <p>It is a selector only for what {@link AbstractSelector} knows: to be called when the thread
 * that waits is interrupted.
 */
final class InterruptibleWait extends AbstractSelector {
  private static final int EFD_CLOEXEC = 0x8_0000;
  private static final int EFD_NONBLOCK = 0x800;
  private static final long ENTRY_BYTES = 8;
  private static final short POLLIN = 1;

  private final SystemCalls calls;
  private final Descriptor event;

  InterruptibleWait(SystemCalls calls) {
    super(SelectorProvider.provider());
    this.calls = calls;
    long number = calls.call(SystemCall.EVENTFD2, 0, EFD_CLOEXEC | EFD_NONBLOCK, 0);
    Refusal.check(number, "eventfd2", 0);
    this.event = new Descriptor(calls, (int) number, "event counter");
  }

  /** Waits until the descriptor may be readable, the thread is interrupted, or it is woken. */
  void await(int descriptor) {
    begin();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entries = entries(arena, descriptor, event.number());
      event.use(own -> calls.call(SystemCall.PPOLL, entries.address(), 2, 0, 0, 0, 0));
    } finally {
      end();
      drain();
    }
  }

  /** Returns whether a descriptor is readable now. */
  static boolean isReadable(SystemCalls calls, int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entries = entries(arena, descriptor);
      MemorySegment zero = arena.allocate(16, Long.BYTES);
      long result = calls.call(SystemCall.PPOLL, entries.address(), 1, zero.address(), 0, 0, 0);
      return result > 0 && (entries.get(ValueLayout.JAVA_SHORT, 6) & POLLIN) != 0;
    }
  }

  private static MemorySegment entries(Arena arena, int... descriptors) {
    MemorySegment entries = arena.allocate(ENTRY_BYTES * descriptors.length, Long.BYTES);
    for (int i = 0; i < descriptors.length; i++) {
      entries.set(ValueLayout.JAVA_INT, i * ENTRY_BYTES, descriptors[i]);
      entries.set(ValueLayout.JAVA_SHORT, i * ENTRY_BYTES + 4, POLLIN);
    }
    return entries;
  }

  private void drain() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(Long.BYTES, Long.BYTES);
      event.use(own -> calls.call(SystemCall.READ, own, count.address(), Long.BYTES));
    }
  }

  @Override
  public Selector wakeup() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1);
      event.use(own -> calls.call(SystemCall.WRITE, own, one.address(), Long.BYTES));
    }
    return this;
  }

  @Override
  protected void implCloseSelector() {
    event.close();
  }

  @Override
  protected SelectionKey register(
      AbstractSelectableChannel channel, int operations, Object attachment) {
    throw new UnsupportedOperationException("waits for no channels");
  }

  @Override
  public Set<SelectionKey> keys() {
    return Set.of();
  }

  @Override
  public Set<SelectionKey> selectedKeys() {
    return Set.of();
  }

  @Override
  public int selectNow() {
    return 0;
  }

  @Override
  public int select(long timeoutMillis) {
    throw new UnsupportedOperationException("waits for no channels");
  }

  @Override
  public int select() {
    throw new UnsupportedOperationException("waits for no channels");
  }
}
