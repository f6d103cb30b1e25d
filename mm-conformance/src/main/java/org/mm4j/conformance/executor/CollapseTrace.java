/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mm4j.linux.Availability;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the kernel's collapse code traces while an executor's lanes ask for huge pages: the scan
 * result behind the errno.
 *
 * <pre>{@code
 * try (CollapseTrace trace = CollapseTrace.open(executor)) {
 *   lane.call(28, address, length, 25); // madvise(MADV_COLLAPSE)
 *   List<CollapseEvent> events = trace.take(lane);
 * }
 * }</pre>
 *
 * <p>Sees the threads that the executor has when the trace is opened, and all that they start. Uses
 * a buffer of its own in the kernel and, where the trace is not mounted, a mount of its own; both
 * go with {@link #close}, at the latest with the JVM, and after a kill with the next trace that is
 * opened. Needs root.
 *
 * <p>Thread-safe.
 */
public final class CollapseTrace implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CollapseTrace.class);

  private final TracefsMount mount;
  private final TraceInstance instance;
  private final Map<Integer, List<CollapseEvent>> seen = new HashMap<>();
  private final Thread closeAtExit = Thread.ofPlatform().unstarted(this::closeQuietly);
  private boolean isClosed;

  private CollapseTrace(TracefsMount mount, TraceInstance instance) {
    this.mount = mount;
    this.instance = instance;
  }

  /** Returns whether a trace can be opened here, or why not. Never throws. */
  public static Availability probe() {
    if (NativeExecutor.probe() instanceof Availability.Missing missing) {
      return missing;
    }
    try (NativeExecutor executor = NativeExecutor.start();
        CollapseTrace trace = open(executor)) {
      trace.take(executor.root().newLane());
      return new Availability.Available();
    } catch (IOException | RuntimeException e) {
      return new Availability.Missing(
          "the kernel's trace cannot be used: " + e.getMessage(),
          "run as root, on a kernel with tracefs, outside a container");
    }
  }

  /**
   * Begins to trace.
   *
   * @throws IOException if the kernel refuses; nothing is left then
   */
  public static CollapseTrace open(NativeExecutor executor) throws IOException {
    NativeCall calls = new NativeCall();
    TracefsMount mount = TracefsMount.open(calls);
    try {
      TraceInstance instance = TraceInstance.create(calls, mount.root(), threadsOf(executor));
      CollapseTrace trace = new CollapseTrace(mount, instance);
      Runtime.getRuntime().addShutdownHook(trace.closeAtExit);
      return trace;
    } catch (IOException | RuntimeException e) {
      mount.close();
      throw e;
    }
  }

  private static String threadsOf(NativeExecutor executor) throws IOException {
    StringBuilder numbers = new StringBuilder();
    for (ExecutorProcess process : executor.processes()) {
      try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.proc("task"))) {
        threads.forEach(thread -> numbers.append(thread.getFileName()).append('\n'));
      }
    }
    return numbers.toString();
  }

  /**
   * Returns what a lane has passed since it was last asked for, in order. Everything of a call that
   * has returned is there.
   *
   * @throws UncheckedIOException if the trace cannot be read
   */
  public synchronized List<CollapseEvent> take(Lane lane) {
    try {
      for (String line : instance.read().split("\n", -1)) {
        CollapseEvent.parse(line)
            .ifPresent(
                event ->
                    seen.computeIfAbsent(event.threadId(), thread -> new ArrayList<>()).add(event));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<CollapseEvent> events = seen.remove(lane.threadId());
    return events == null ? List.of() : List.copyOf(events);
  }

  /** Ends the trace and takes away what was made for it. Closing twice does nothing. */
  @Override
  public void close() throws IOException {
    closeOnce();
    try {
      Runtime.getRuntime().removeShutdownHook(closeAtExit);
    } catch (IllegalStateException e) {
      LOG.trace("the JVM is ending", e);
    }
  }

  private synchronized void closeOnce() throws IOException {
    if (!isClosed) {
      isClosed = true;
      try {
        instance.close();
      } finally {
        mount.close();
      }
    }
  }

  private void closeQuietly() {
    try {
      closeOnce();
    } catch (IOException e) {
      LOG.warn("the next run has to take away what this one traced with", e);
    }
  }
}
