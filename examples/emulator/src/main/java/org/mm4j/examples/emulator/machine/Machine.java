/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.mm4j.CollapseStatistics;
import org.mm4j.KhugepagedTunables;
import org.mm4j.MappingView;
import org.mm4j.MemoryStatistics;
import org.mm4j.MemorySystem;
import org.mm4j.Protection;
import org.mm4j.examples.emulator.elf.ElfException;
import org.mm4j.examples.emulator.file.FileTree;
import org.mm4j.examples.emulator.memory.GuestMemory;
import org.mm4j.examples.emulator.process.ExitStatus;
import org.mm4j.examples.emulator.process.GuestProcess;
import org.mm4j.examples.emulator.process.RandomSource;
import org.mm4j.examples.emulator.syscall.SyscallTable;

/**
 * A machine for one run: a simulated kernel with khugepaged, and one guest process. What it is
 * doing can be watched from other threads.
 */
public final class Machine implements AutoCloseable {
  private static final List<String> ENVIRONMENT = List.of("PATH=/bin", "HOME=/", "LANG=C");

  private final MemorySystem system;
  private final GuestMemory memory;
  private final SyscallTable systemCalls = new SyscallTable();
  private final GuestProcess process;
  private final Program program;
  private final boolean hasDaemon;

  /**
   * Builds a machine around a program.
   *
   * @throws IllegalArgumentException if an option is out of range, or there is no such strategy
   */
  public Machine(MachineOptions options, Program program) {
    this.program = program;
    this.hasDaemon = options.hasDaemon();
    system =
        MemorySystem.simulated()
            .physicalBytes(options.memoryBytes())
            .strategy(options.strategy())
            .khugepaged(
                KhugepagedTunables.LINUX.withPace(options.pagesToScan(), options.scanSleepMillis()))
            .build();
    memory = new GuestMemory(system, options.advisesHugePages());
    process =
        new GuestProcess(memory, tree(options), systemCalls, new RandomSource(options.seed()));
  }

  private FileTree tree(MachineOptions options) {
    Path root = options.root();
    try {
      return root == null
          ? new FileTree(
              Path.of("/"), Path.of("").toAbsolutePath().toString(), program.path(), texts())
          : new FileTree(root.toRealPath(), "/", program.path(), texts());
    } catch (IOException e) {
      throw new IllegalArgumentException("not a directory: " + root, e);
    }
  }

  private Map<String, Supplier<String>> texts() {
    int last = Runtime.getRuntime().availableProcessors() - 1;
    return Map.of(
        "/sys/devices/system/cpu/online",
        () -> last == 0 ? "0\n" : "0-" + last + "\n",
        "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size",
        () -> system.capabilities().hugePageBytes() + "\n",
        "/proc/self/maps",
        this::maps,
        "/proc/meminfo",
        this::memoryInfo);
  }

  private String maps() {
    StringBuilder text = new StringBuilder();
    for (MappingView view : mappings()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%08x-%08x %c%c%cs %08x 00:00 0 %s%n",
              view.range().start(),
              view.range().end(),
              view.protection().contains(Protection.READ) ? 'r' : '-',
              view.protection().contains(Protection.WRITE) ? 'w' : '-',
              view.protection().contains(Protection.EXECUTE) ? 'x' : '-',
              view.offsetBytes(),
              view.fileName()));
    }
    return text.toString();
  }

  private String memoryInfo() {
    MemoryStatistics figures = system.statistics();
    return String.format(
        Locale.ROOT,
        "MemTotal: %14d kB%nMemFree: %15d kB%nHugepagesize:       2048 kB%n",
        figures.totalFrames() * 4,
        figures.freeFrames() * 4);
  }

  /**
   * Runs the program to its end; once.
   *
   * @throws ElfException if the arguments are too long
   * @throws InterruptedException if the calling thread is interrupted; the guest is killed
   */
  public RunResult run(List<String> arguments, GuestFiles files)
      throws ElfException, InterruptedException {
    files.openIn(process.files());
    List<String> all = new ArrayList<>();
    all.add(program.name());
    all.addAll(arguments);
    if (hasDaemon) {
      system.hugePages().startDaemon();
    }
    long start = System.nanoTime();
    ExitStatus status = process.run(program.image(), all, ENVIRONMENT);
    long nanos = System.nanoTime() - start;
    if (hasDaemon) {
      system.hugePages().stopDaemon();
    }
    return new RunResult(
        status,
        process.crash(),
        nanos,
        process.instructionsRetired(),
        process.userfaultMessages().sum(),
        systemCalls.unknown().counts(),
        system.statistics(),
        collapses(),
        mappings());
  }

  /** Returns how many instructions have been executed so far. */
  public long instructions() {
    return process.instructionsRetired();
  }

  /** Returns what has been collapsed so far. */
  public CollapseStatistics collapses() {
    return system.hugePages().statistics();
  }

  /** Returns what is mapped now. */
  public List<MappingView> mappings() {
    return memory.space().mappings();
  }

  /** Gives everything back. The guest must have ended. */
  @Override
  public void close() {
    memory.close();
    system.close();
  }
}
