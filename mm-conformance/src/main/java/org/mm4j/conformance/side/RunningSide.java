/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.mm4j.conformance.executor.CollapseTrace;
import org.mm4j.conformance.executor.ExecutorProcess;
import org.mm4j.conformance.executor.Lane;
import org.mm4j.conformance.executor.NativeExecutor;
import org.mm4j.conformance.executor.RunLock;
import org.mm4j.linux.Availability;
import org.mm4j.linux.LinuxFeature;
import org.mm4j.linux.LinuxMemory;
import org.mm4j.linux.LinuxProbe;
import org.mm4j.linux.ThpSettings;
import org.mm4j.linux.ThpSettings.Setting;

/**
 * The kernel this JVM runs on, driven through an executor: each scenario is a process forked from
 * it, with nothing in its address space, and killed at the end.
 *
 * <p>During a scenario the machine's settings are as the simulation has them. While it is open
 * another run waits. Everything is put back at the end, at the end of the JVM, and, if that was
 * killed, by the next run.
 */
public final class RunningSide implements Side {
  /** Faults make no huge pages, and khugepaged makes none of files; calls may. */
  private static final Map<Setting, String> SETTINGS =
      Map.of(Setting.SHMEM_ENABLED, "never", Setting.PMD_SHMEM_ENABLED, "inherit");

  private static final List<LinuxFeature> NEEDED =
      List.of(
          LinuxFeature.NATIVE_ACCESS,
          LinuxFeature.KERNEL,
          LinuxFeature.MEMORY_FILES,
          LinuxFeature.USERFAULTFD,
          LinuxFeature.SMAPS,
          LinuxFeature.HUGE_PAGE_SETTINGS);

  private static final long TURN_NANOS = 3_000_000_000L;
  private static final long PAUSE_NANOS = 20_000_000;

  private final RunLock lock;
  private final LinuxMemory memory;
  private ThpSettings.@Nullable Scope settings;
  private long settingsSinceNanos;
  private final HostCall host = new HostCall();
  private @Nullable Running running;

  /** An executor, with the lane that scenarios are forked from. */
  private record Running(NativeExecutor executor, Lane nursery, CollapseTrace trace) {
    static Running start() throws IOException {
      NativeExecutor executor = NativeExecutor.start();
      return new Running(executor, executor.root().newLane(), CollapseTrace.open(executor));
    }

    void close() throws IOException {
      try (trace) {
        executor.close();
      }
    }
  }

  /** Returns whether this machine has what is needed, or why not. Never throws. */
  public static Availability probe() {
    LinuxProbe probe = LinuxMemory.probe();
    for (LinuxFeature feature : NEEDED) {
      if (!probe.has(feature)) {
        return new Availability.Missing(probe.explain(feature), "see the reason");
      }
    }
    return CollapseTrace.probe();
  }

  /**
   * Waits until no other comparison is under way on this machine, and prepares it.
   *
   * @throws UncheckedIOException if that cannot be told
   */
  public RunningSide() {
    try {
      lock = RunLock.acquire();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    memory = LinuxMemory.open();
  }

  /** Others may want other settings: they get their turn every few seconds, between scenarios. */
  private void takeTurn() {
    if (settings != null && System.nanoTime() - settingsSinceNanos > TURN_NANOS) {
      settings.close();
      settings = null;
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    if (settings == null) {
      settings = memory.hugePageSettings().change(SETTINGS);
      settingsSinceNanos = System.nanoTime();
    }
  }

  @Override
  public String name() {
    return "Linux";
  }

  @Override
  public SideRun begin() {
    takeTurn();
    try {
      if (running == null || !running.executor().root().isAlive()) {
        end();
        running = Running.start();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the executor does not start", e);
    }
    ExecutorProcess first = running.nursery().fork();
    return new RunningRun(new RunningWorld(first, host), running.trace());
  }

  private void end() throws IOException {
    Running ended = running;
    running = null;
    if (ended != null) {
      ended.close();
    }
  }

  @Override
  public void close() {
    try (lock;
        memory) {
      end();
      if (settings != null) {
        settings.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
