/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A buffer of the kernel's trace that is ours alone, with the collapse tracepoints enabled for
 * chosen threads and what they start. Nobody else's tracing is touched.
 */
final class TraceInstance implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TraceInstance.class);
  private static final long NR_READ = 0;
  private static final long NR_OPEN = 2;
  private static final long NR_CLOSE = 3;
  private static final long O_RDONLY_NONBLOCK_CLOEXEC = 0x8_0800;
  private static final long EINTR = -4;
  private static final long EAGAIN = -11;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final String BUFFER_KIB = "256";

  private final NativeCall calls;
  private final Path folder;
  private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);
  private final long pipe;

  private TraceInstance(NativeCall calls, Path folder, long pipe) {
    this.calls = calls;
    this.folder = folder;
    this.pipe = pipe;
  }

  /**
   * Makes one.
   *
   * @param threads the numbers of the threads, one per line
   * @throws IOException if the kernel refuses; nothing is left then
   */
  static TraceInstance create(NativeCall calls, Path tracefs, String threads) throws IOException {
    removeOrphans(tracefs);
    Path folder = Files.createDirectory(tracefs.resolve("instances").resolve(RunOwner.newName()));
    try {
      write(folder, "buffer_size_kb", BUFFER_KIB);
      write(folder, "options/event-fork", "1");
      write(folder, "set_event_pid", threads);
      write(folder, "events/huge_memory/enable", "1");
      return new TraceInstance(calls, folder, open(calls, folder.resolve("trace_pipe")));
    } catch (IOException | RuntimeException e) {
      Files.delete(folder);
      throw e;
    }
  }

  /** Removes the instances that killed runs have left. */
  static void removeOrphans(Path tracefs) throws IOException {
    Path all = tracefs.resolve("instances");
    if (!Files.isDirectory(all)) {
      return;
    }
    try (DirectoryStream<Path> instances = Files.newDirectoryStream(all, "mm4j-*")) {
      for (Path instance : instances) {
        if (RunOwner.isOrphan(instance.getFileName().toString())) {
          removeOrphan(instance);
        }
      }
    }
  }

  private static void removeOrphan(Path instance) {
    try {
      if (Files.deleteIfExists(instance)) {
        LOG.warn("removed {}, which a killed run left", instance);
      }
    } catch (IOException e) {
      LOG.info("{} of a killed run stays, unless another run removes it now", instance, e);
    }
  }

  private static void write(Path folder, String file, String value) throws IOException {
    Files.write(folder.resolve(file), value.getBytes(StandardCharsets.US_ASCII));
  }

  private static long open(NativeCall calls, Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(file.toString());
      long number = calls.call(path, NR_OPEN, path.address(), O_RDONLY_NONBLOCK_CLOEXEC, 0);
      if (number < 0) {
        throw new IOException(file + " cannot be opened: errno " + -number);
      }
      return number;
    }
  }

  /** Returns what was traced since the last call, in lines, and forgets it. Does not wait. */
  String read() throws IOException {
    StringBuilder text = new StringBuilder();
    while (true) {
      long length = calls.call(buffer, NR_READ, pipe, buffer.address(), BUFFER_BYTES);
      if (length == EAGAIN || length == 0) {
        return text.toString();
      }
      if (length > 0) {
        byte[] bytes = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        text.append(new String(bytes, StandardCharsets.UTF_8));
      } else if (length != EINTR) {
        throw new IOException(folder + " cannot be read: errno " + -length);
      }
    }
  }

  @Override
  public void close() throws IOException {
    calls.call(NR_CLOSE, pipe);
    Files.deleteIfExists(folder);
  }
}
