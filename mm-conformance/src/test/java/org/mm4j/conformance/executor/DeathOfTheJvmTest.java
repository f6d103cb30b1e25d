/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** No executor outlives its JVM. */
@Tag("kernel")
final class DeathOfTheJvmTest {
  private static final long LIMIT_NANOS = 20_000_000_000L;

  @Test
  void killedJvmLeavesNoProcess() throws IOException {
    leavesNoProcess(Process::destroyForcibly);
  }

  @Test
  void terminatedJvmLeavesNoProcess() throws IOException {
    leavesNoProcess(
        process -> {
          process.destroy();
          return process;
        });
  }

  private interface Killing {
    Process kill(Process process);
  }

  private static void leavesNoProcess(Killing killing) throws IOException {
    ExecutorFixture.requireExecutor();
    Process jvm = ChildJvm.start(ExecutorHolder.class);
    try {
      List<ProcessHandle> processes = processes(jvm);
      assertEquals(3, processes.size());
      killing.kill(jvm);
      long deadline = System.nanoTime() + LIMIT_NANOS;
      for (ProcessHandle process : processes) {
        while (process.isAlive()) {
          assertTrue(System.nanoTime() - deadline < 0, () -> process.pid() + " is left");
          Thread.onSpinWait();
        }
      }
    } finally {
      jvm.destroyForcibly();
    }
  }

  private static List<ProcessHandle> processes(Process jvm) throws IOException {
    List<ProcessHandle> processes = new ArrayList<>();
    BufferedReader output = jvm.inputReader();
    String line = output.readLine();
    while (line != null && !line.equals("ready")) {
      String number = line;
      processes.add(
          ProcessHandle.of(Long.parseLong(number))
              .orElseThrow(() -> new AssertionError("no process " + number)));
      line = output.readLine();
    }
    return processes;
  }
}
