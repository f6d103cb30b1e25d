/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One comparison at a time. */
final class RunLockTest {
  @TempDir Path folder;

  /** Takes the lock, says so, and waits to be killed. */
  static final class Holder {
    private Holder() {}

    /**
     * Runs until its input ends.
     *
     * @param arguments the lock's folder
     */
    @SuppressWarnings("try")
    public static void main(String[] arguments) throws IOException {
      try (RunLock lock = RunLock.acquire(Path.of(arguments[0]))) {
        System.out.println("held");
        System.in.read();
      }
    }
  }

  @Test
  void secondThreadWaits() throws Exception {
    RunLock first = RunLock.acquire(folder);
    CompletableFuture<RunLock> second = CompletableFuture.supplyAsync(this::acquire);
    assertFalse(second.isDone());
    first.close();
    first.close();
    second.get(30, TimeUnit.SECONDS).close();
  }

  @Test
  void secondProcessWaitsAndSaysSo() throws Exception {
    RunLock first = RunLock.acquire(folder);
    Process second = holder();
    try (BufferedReader output = second.inputReader()) {
      String line = output.readLine();
      assertTrue(line.contains("another comparison is under way on this machine"), line);
      first.close();
      assertEquals("held", output.readLine());
    } finally {
      second.destroyForcibly();
    }
  }

  @Test
  void killedProcessLeavesNoLock() throws Exception {
    Process first = holder();
    try (BufferedReader output = first.inputReader()) {
      assertEquals("held", output.readLine());
    }
    CompletableFuture<RunLock> second = CompletableFuture.supplyAsync(this::acquire);
    assertFalse(second.isDone());
    first.destroyForcibly();
    second.get(30, TimeUnit.SECONDS).close();
  }

  private RunLock acquire() {
    try {
      return RunLock.acquire(folder);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Process holder() throws IOException {
    return ChildJvm.start(Holder.class, folder.toString());
  }
}
