/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mm4j.linux.Availability;
import org.mm4j.linux.LinuxFeature;
import org.mm4j.linux.LinuxMemory;
import org.mm4j.linux.LinuxProbe;
import org.mm4j.linux.ThpSettings.Setting;
import org.mm4j.testkit.RunningKernel;

/** The whole command, and every mistake. */
final class OffHeapCommandLineTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(LinuxProbe probe, String... arguments) {
    return new OffHeapCommandLine(
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            probe)
        .run(arguments);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** A machine that has everything but one thing. */
  private static LinuxProbe without(LinuxFeature lacking) {
    Map<LinuxFeature, Availability> features = new EnumMap<>(LinuxFeature.class);
    for (LinuxFeature feature : LinuxFeature.values()) {
      features.put(
          feature,
          feature == lacking
              ? new Availability.Missing("somebody took it", "ask for it back")
              : new Availability.Available());
    }
    return new LinuxProbe("6.18", features, Set.of(), 2 << 20);
  }

  private static LinuxProbe runningKernel() {
    LinuxProbe probe = LinuxMemory.probe();
    for (LinuxFeature feature : LinuxFeature.values()) {
      RunningKernel.require(probe.has(feature), () -> probe.explain(feature));
    }
    return probe;
  }

  @Test
  void withoutTheFeaturesItSaysWhyAndRunsOnTheSimulation() {
    int status = run(without(LinuxFeature.MEMORY_FILE_COLLAPSE), "--size", "16M");
    assertEquals("", err());
    assertEquals(0, status, this::out);
    assertTrue(out().contains("on the simulation"), this::out);
    String told = out().replaceAll("\\s+", " ");
    assertTrue(
        told.contains(
            "cannot be used here: MEMORY_FILE_COLLAPSE: somebody took it; ask for it back"),
        told);
    assertTrue(told.contains("too empty"), told);
    assertTrue(told.contains("it was huge until pages of it were given back"), told);
    assertTrue(told.contains("(100 %)"), told);
    assertTrue(told.contains("records are what was added, byte by byte"), told);
    assertTrue(told.contains("not measured: the simulation"), told);
  }

  @Test
  @Tag("kernel")
  void onTheRunningKernelItMeasuresAsWell() {
    int status = run(runningKernel(), "--size", "16M", "--reads", "1000", "--rounds", "3");
    assertEquals("", err());
    assertEquals(0, status, this::out);
    assertTrue(out().contains("on the running kernel, Linux"), this::out);
    assertTrue(out().contains("store in Arena.allocate"), this::out);
    assertTrue(out().contains("store in a direct ByteBuffer"), this::out);
    assertTrue(out().contains("bare loads of huge pages"), this::out);
  }

  @Test
  @Tag("kernel")
  void aSettingIsChangedOnlyOnRequestAndPutBack() {
    LinuxProbe probe = runningKernel();
    try (LinuxMemory memory = LinuxMemory.open()) {
      String before = memory.hugePageSettings().read(Setting.SHMEM_ENABLED);
      int status = run(probe, "--size", "16M", "--no-measure", "--first-touch");
      assertEquals(0, status, this::err);
      assertTrue(out().contains("shmem_enabled advise"), this::out);
      assertFalse(out().contains("ns per read"), this::out);
      assertEquals(before, memory.hugePageSettings().read(Setting.SHMEM_ENABLED));
    }
  }

  @Test
  void theRunningKernelThatWasAskedForAndCannotBeUsedIsAMistake() {
    assertEquals(2, run(without(LinuxFeature.COLLAPSE), "--kernel", "running"));
    assertEquals(
        "off-heap: --kernel running: this machine lacks COLLAPSE: somebody took it; ask for it back"
            + " (or use --kernel simulated)",
        err().strip());
    assertEquals("", out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--size 1M | --size must be at least 16M",
        "--size large | is not a size such as 512M or 1G",
        "--record-bytes 24 | --record-bytes must be a power of two from 8 to 4096: 24",
        "--record-bytes 8192 | --record-bytes must be a power of two",
        "--least-full 0 | --least-full must be from 1 to 100: 0",
        "--rounds 0 | --rounds must be from 1 to 1000: 0",
        "--reads 1 | --reads must be at least 1000: 1",
        "--kernel minix | minix",
        "--first-touch | --first-touch changes a setting of the running kernel",
        "--size 900000G | --size must be at most 4G on the simulation",
        "--size 4097M | --size must be at most 4G on the simulation",
        "--nonsense | --nonsense"
      })
  void aMistakeIsOneLineAndStatusTwo(String arguments, String message) {
    int status = run(without(LinuxFeature.KERNEL), arguments.split(" ", -1));
    assertEquals(2, status, this::out);
    assertTrue(err().contains(message), this::err);
    assertEquals(1, err().lines().count(), this::err);
  }

  @Test
  void theSimulationRunsOnOurOwnIndexAsWell() {
    int status = run(without(LinuxFeature.COLLAPSE), "--size", "16M", "--own-index");
    assertEquals("", err());
    assertEquals(0, status, this::out);
    assertTrue(out().contains("by the built-in strategy linux"), this::out);
    assertTrue(out().contains("(100 %)"), this::out);
    assertTrue(out().contains("byte by byte"), this::out);
  }

  @Test
  void ourOwnIndexIsNothingForTheRunningKernel() {
    assertEquals(2, run(without(LinuxFeature.PAGEMAP), "--own-index"));
    assertTrue(err().contains("--own-index needs --kernel simulated"), this::err);
  }

  @Test
  void theProbeIsShownOnRequest() {
    assertEquals(0, run(without(LinuxFeature.PAGEMAP), "--probe"));
    assertTrue(out().contains("PAGEMAP: no: somebody took it"), this::out);
  }
}
