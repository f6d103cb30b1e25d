/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/**
 * A stream of the host that the guest reads. A read of the host's standard input cannot be
 * interrupted, so a daemon thread reads it, from the first use on, into a pipe.
 */
public final class StreamInput extends OpenFile {
  private static final int CHUNK_BYTES = 4096;

  private final InputStream stream;
  private final OpenFile readEnd;
  private final OpenFile writeEnd;
  private final AtomicBoolean isPumping = new AtomicBoolean();

  /** Creates a file on a stream, which stays open when the file is closed. */
  public StreamInput(InputStream stream) {
    super(0);
    this.stream = stream;
    Pipe pipe = new Pipe();
    readEnd = pipe.readEnd(0);
    writeEnd = pipe.writeEnd(0);
  }

  private void startPump() {
    if (isPumping.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("guest standard input").start(this::pump);
    }
  }

  private void pump() {
    byte[] chunk = new byte[CHUNK_BYTES];
    try {
      for (int n = stream.read(chunk); n >= 0; n = stream.read(chunk)) {
        writeEnd.write(MemorySegment.ofArray(chunk).asSlice(0, n));
      }
    } catch (IOException | InterruptedException | SyscallException end) {
      // The guest sees the end of its input.
    }
    writeEnd.close();
  }

  @Override
  public int read(MemorySegment to) throws InterruptedException {
    startPump();
    if (isNonblocking() && readEnd.readiness() == 0) {
      throw new SyscallException(LinuxErrno.EAGAIN);
    }
    return readEnd.read(to);
  }

  @Override
  public FileStatus status() {
    return FileStatus.of(FileStatus.PIPE, 0, stream);
  }

  @Override
  public int readiness() {
    startPump();
    return readEnd.readiness();
  }

  @Override
  public Subscription onChange(Runnable listener) {
    return readEnd.onChange(listener);
  }

  @Override
  protected void close() {
    readEnd.close();
  }
}
