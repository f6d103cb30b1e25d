/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.mm4j.linux.Availability;

/** The program, as a resource, and how it becomes a process. */
final class ExecutorProgram {
  private static final String RESOURCE = "executor-x86_64.elf";
  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 400 : 0;
  private static final long POLL_MILLIS = 1;

  private ExecutorProgram() {}

  static Availability probe() {
    return probe(
        System.getProperty("os.name", ""),
        System.getProperty("os.arch", ""),
        ExecutorProgram.class.getModule().isNativeAccessEnabled());
  }

  static Availability probe(String system, String architecture, boolean mayCallNativeCode) {
    if (!system.equals("Linux")) {
      return missing("the operating system is " + system, "run on Linux");
    }
    if (!architecture.equals("amd64") && !architecture.equals("x86_64")) {
      return missing(
          "the native executor is a program for x86-64, and the architecture is " + architecture,
          "run on x86-64, or compare with the recorded outcomes");
    }
    if (!mayCallNativeCode) {
      return missing(
          "Java does not permit this module to call native code",
          "start Java with --enable-native-access=org.mm4j.conformance (on the class path:"
              + " ALL-UNNAMED)");
    }
    try (NativeExecutor executor = start(NativeExecutor.DEFAULT_LIMIT)) {
      return executor.root().isAlive()
          ? new Availability.Available()
          : missing("the native executor ends at once", "none known");
    } catch (IOException | RuntimeException | LinkageError e) {
      return missing("the native executor does not start: " + e.getMessage(), "see the reason");
    }
  }

  private static Availability missing(String reason, String remedy) {
    return new Availability.Missing(reason, remedy);
  }

  static NativeExecutor start(Duration limit) throws IOException {
    NativeCall calls = new NativeCall();
    try (InheritedFile program = InheritedFile.create(calls, "mm4j-executor", true);
        InheritedFile memory = InheritedFile.create(calls, "mm4j-executor-area", false)) {
      writeProgram(program);
      SharedArea area = new SharedArea(map(memory), new Futex(calls));
      area.setSpins(SPINS);
      Process process = launch(program, memory);
      awaitInPlace(process, area, limit);
      return new NativeExecutor(process, area, limit);
    }
  }

  private static void writeProgram(InheritedFile program) throws IOException {
    try (InputStream resource = ExecutorProgram.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IOException("the resource " + RESOURCE + " is not there");
      }
      ByteBuffer bytes = ByteBuffer.wrap(resource.readAllBytes());
      try (FileChannel channel = program.open()) {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
    }
  }

  /** The arena is the collector's: no lane can be asked for memory that is no longer mapped. */
  private static MemorySegment map(InheritedFile memory) throws IOException {
    try (FileChannel channel = memory.open()) {
      return channel.map(MapMode.READ_WRITE, 0, ExecutorArea.SHARED_BYTES, Arena.ofAuto());
    }
  }

  private static Process launch(InheritedFile program, InheritedFile memory) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(program.path().toString(), memory.path().toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    return builder.start();
  }

  private static void awaitInPlace(Process process, SharedArea area, Duration limit)
      throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!area.isInPlace()) {
      if (hasEnded(process)) {
        throw new IOException(
            "the native executor does not start: " + StartFailure.explain(process.exitValue()));
      }
      if (System.nanoTime() - deadline > 0) {
        process.destroyForcibly();
        throw new IOException("the native executor does not start within " + limit);
      }
    }
  }

  private static boolean hasEnded(Process process) throws IOException {
    try {
      return process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the native executor started", e);
    }
  }
}
