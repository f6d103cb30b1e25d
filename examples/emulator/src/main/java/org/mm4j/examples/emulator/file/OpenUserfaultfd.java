/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.mm4j.MemoryException;
import org.mm4j.UffdMessage;
import org.mm4j.Userfaultfd;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/** A userfaultfd as a file: messages of 32 bytes to read, and to poll for. */
public final class OpenUserfaultfd extends OpenFile {
  private static final int READ_WRITE = 2;
  private static final int MESSAGE_BYTES = 32;
  private static final byte EVENT_PAGEFAULT = 0x12;
  private static final byte EVENT_REMAP = 0x14;
  private static final byte EVENT_REMOVE = 0x15;
  private static final byte EVENT_UNMAP = 0x16;
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Userfaultfd userfaultfd;
  private final LongAdder messagesRead;

  /**
   * Creates an open file, which closes the userfaultfd with its last descriptor.
   *
   * @param messagesRead counts the messages, for the report
   */
  public OpenUserfaultfd(Userfaultfd userfaultfd, int flags, LongAdder messagesRead) {
    super(flags | READ_WRITE);
    this.userfaultfd = userfaultfd;
    this.messagesRead = messagesRead;
  }

  /** Returns the userfaultfd, for its ioctls. */
  public Userfaultfd userfaultfd() {
    return userfaultfd;
  }

  /** The first message may be waited for, further ones not. */
  @Override
  public int read(MemorySegment to) throws InterruptedException {
    if (to.byteSize() < MESSAGE_BYTES) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    UffdMessage message = firstMessage();
    int done = 0;
    while (message != null) {
      encode(message, to.asSlice(done, MESSAGE_BYTES));
      messagesRead.increment();
      done += MESSAGE_BYTES;
      message = to.byteSize() - done >= MESSAGE_BYTES ? userfaultfd.poll() : null;
    }
    return done;
  }

  private UffdMessage firstMessage() throws InterruptedException {
    if (!isNonblocking()) {
      return userfaultfd.take();
    }
    @Nullable UffdMessage message = userfaultfd.poll();
    if (message == null) {
      throw new SyscallException(LinuxErrno.EAGAIN);
    }
    return message;
  }

  private static void encode(UffdMessage message, MemorySegment to) {
    to.fill((byte) 0);
    switch (message) {
      case UffdMessage.PageFault fault -> {
        to.set(ValueLayout.JAVA_BYTE, 0, EVENT_PAGEFAULT);
        to.set(LONG, 8, fault.flags());
        to.set(LONG, 16, fault.address());
        to.set(INT, 24, fault.thread());
      }
      case UffdMessage.Remap remap -> {
        words(to, EVENT_REMAP, remap.from(), remap.to());
        to.set(LONG, 24, remap.lengthBytes());
      }
      case UffdMessage.Remove remove ->
          words(to, EVENT_REMOVE, remove.range().start(), remove.range().end());
      case UffdMessage.Unmap unmap ->
          words(to, EVENT_UNMAP, unmap.range().start(), unmap.range().end());
      // Nobody can ask for it: the simulated kernel does not offer the feature.
      case UffdMessage.Fork fork -> throw new SyscallException(LinuxErrno.EOPNOTSUPP);
    }
  }

  private static void words(MemorySegment to, byte event, long first, long second) {
    to.set(ValueLayout.JAVA_BYTE, 0, event);
    to.set(LONG, 8, first);
    to.set(LONG, 16, second);
  }

  /** As in Linux, a blocking one cannot be polled, nor one before the handshake. */
  @Override
  public int readiness() {
    if (!isNonblocking()) {
      return Readiness.ERROR;
    }
    try {
      return userfaultfd.isReadable() ? Readiness.IN : 0;
    } catch (MemoryException noHandshake) {
      return Readiness.ERROR;
    }
  }

  @Override
  public Subscription onChange(Runnable listener) {
    if (readiness() == Readiness.ERROR) {
      return Subscription.NONE;
    }
    AutoCloseable handle = userfaultfd.onReadable(listener);
    return () -> end(handle);
  }

  private static void end(AutoCloseable handle) {
    try {
      handle.close();
    } catch (Exception e) {
      throw new IllegalStateException("a listener could not be taken off", e);
    }
  }

  @Override
  public FileStatus status() {
    return FileStatus.of(FileStatus.ANONYMOUS, 0, userfaultfd);
  }

  @Override
  protected void close() {
    userfaultfd.close();
  }
}
