/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.cli;

import static org.mm4j.examples.offheap.cli.Amounts.bytes;
import static org.mm4j.examples.offheap.cli.Amounts.count;
import static org.mm4j.examples.offheap.cli.Amounts.nanos;

import java.io.PrintStream;
import java.util.Map;
import org.mm4j.Extension;
import org.mm4j.Pages;
import org.mm4j.examples.offheap.blocks.BlockStoreFeature;
import org.mm4j.examples.offheap.cli.OffHeapCommand.Plan;
import org.mm4j.examples.offheap.collapse.FullestFirst;
import org.mm4j.examples.offheap.measure.MemoryComparison;
import org.mm4j.examples.offheap.measure.MemoryComparison.Outcome;
import org.mm4j.examples.offheap.memory.Backend;
import org.mm4j.examples.offheap.memory.HugeMemory;
import org.mm4j.examples.offheap.memory.RunningKernel;
import org.mm4j.examples.offheap.memory.SimulatedKernel;
import org.mm4j.linux.LinuxFeature;
import org.mm4j.linux.LinuxProbe;
import org.mm4j.linux.ThpSettings;
import org.mm4j.linux.ThpSettings.Scope;
import org.mm4j.linux.ThpSettings.Setting;

/** All of it: the machine, a store's life, the measurement. */
final class Show {
  private static final Extension[] NONE = {};
  private static final long SPARE_BYTES = 64L << 20;

  private final Page page;
  private final LinuxProbe probe;
  private final Plan plan;

  Show(PrintStream out, LinuxProbe probe, Plan plan) {
    this.page = new Page(out);
    this.probe = probe;
    this.plan = plan;
  }

  void run() throws InterruptedException {
    if (plan.isReal()) {
      try (RunningKernel kernel = new RunningKernel()) {
        onRunningKernel(kernel);
      }
    } else {
      Extension[] ours = plan.ownIndex() ? new Extension[] {new BlockStoreFeature()} : NONE;
      try (SimulatedKernel kernel = new SimulatedKernel(plan.sizeBytes() + SPARE_BYTES, ours)) {
        onSimulation(kernel);
      }
    }
  }

  private void onRunningKernel(RunningKernel kernel) throws InterruptedException {
    requireMemory(kernel);
    page.line("An off-heap store on " + kernel.name());
    page.line(Machine.describe());
    ThpSettings settings = kernel.system().hugePageSettings();
    if (!plan.firstTouch()) {
      tellSettings(settings);
      tour(kernel);
      measure(kernel);
      return;
    }
    if (!probe.has(LinuxFeature.HUGE_PAGE_SETTINGS)) {
      throw new UserMistake(
          "--first-touch changes a setting: " + probe.explain(LinuxFeature.HUGE_PAGE_SETTINGS));
    }
    Scope changed = settings.change(Map.of(Setting.SHMEM_ENABLED, "advise"));
    try (changed) {
      tellSettings(settings);
      page.more("shmem_enabled is changed for the time of this run, and put back at its end");
      tour(kernel);
      measure(kernel);
    }
  }

  private void requireMemory(RunningKernel kernel) {
    long wanted =
        (plan.measures() ? MemoryComparison.MEMORIES : 1) * plan.sizeBytes() + SPARE_BYTES;
    long free = kernel.system().statistics().freeFrames() * Pages.SIZE_BYTES;
    if (wanted < 0 || wanted > free) {
      throw new UserMistake(
          "--size "
              + bytes(plan.sizeBytes())
              + ": that takes "
              + (wanted < 0 ? "more than any machine has" : bytes(wanted))
              + " in all, and free are "
              + bytes(free));
    }
  }

  private void tellSettings(ThpSettings settings) {
    Map<Setting, String> values = settings.read();
    page.step(
        "settings",
        "huge pages of "
            + bytes(probe.hugePageBytes())
            + "; enabled "
            + values.getOrDefault(Setting.ENABLED, "unknown")
            + ", shmem_enabled "
            + values.getOrDefault(Setting.SHMEM_ENABLED, "unknown")
            + ", defrag "
            + values.getOrDefault(Setting.DEFRAG, "unknown"));
    page.more(firstTouchMeans(values.getOrDefault(Setting.SHMEM_ENABLED, "never")));
  }

  private static String firstTouchMeans(String shmemEnabled) {
    return switch (shmemEnabled) {
      case "advise", "always", "within_size", "force" ->
          "so a first touch of advised memory brings a huge page, if there is one";
      default -> "so a first touch brings a small page, and only a collapse makes it huge";
    };
  }

  private void onSimulation(SimulatedKernel kernel) throws InterruptedException {
    if (plan.firstTouch()) {
      throw new UserMistake("--first-touch changes a setting of the running kernel");
    }
    page.line("An off-heap store on " + kernel.name());
    page.line(Machine.describe());
    KernelChoice.obstacle(probe)
        .ifPresentOrElse(
            obstacle -> page.step("instead", "the running kernel cannot be used here: " + obstacle),
            () -> page.step("instead", "the running kernel could be used; this was asked for"));
    if (plan.ownIndex()) {
      page.step(
          "own index",
          "pages are kept in this example's BlockIndex; collapsed by the built-in strategy "
              + kernel.system().hugePages().statistics().strategy());
    }
    tour(kernel);
    if (plan.measures()) {
      page.step(
          "measure",
          "not measured: the simulation finds every address in Java, so its times say nothing about"
              + " huge pages");
    }
  }

  private void tour(Backend backend) throws InterruptedException {
    long begun = System.nanoTime();
    try (HugeMemory memory = backend.map("records", plan.sizeBytes(), false)) {
      page.step(
          "map",
          bytes(memory.bytes().sizeBytes())
              + " in "
              + memory.blockCount()
              + " blocks of "
              + bytes(memory.blockBytes())
              + ", aligned and advised before the first touch, in "
              + nanos(System.nanoTime() - begun));
      new StoreTour(page, memory, plan.recordBytes(), new FullestFirst(plan.leastFullPercent()))
          .run();
    }
  }

  private void measure(RunningKernel kernel) {
    if (!plan.measures()) {
      return;
    }
    page.step(
        "measure",
        "random reads of records of "
            + plan.recordBytes()
            + " bytes in "
            + bytes(plan.sizeBytes())
            + ", the same store in each memory; median of "
            + plan.rounds()
            + " interleaved rounds of "
            + count(plan.reads())
            + " reads (least to most), and the ratio to the first line");
    Outcome outcome =
        MemoryComparison.measure(
            kernel,
            new MemoryComparison.Options(
                plan.sizeBytes(), plan.recordBytes(), plan.rounds(), plan.reads()),
            round -> {});
    MeasurementTable.print(outcome, page);
    page.more(
        "The last line is the limit: loads of the first line's memory with no store around them. It is"
            + " a loop with a clock: good for ratios within this run.");
  }
}
