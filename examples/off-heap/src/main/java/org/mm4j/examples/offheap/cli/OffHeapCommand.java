/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.cli;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mm4j.examples.offheap.store.RecordStore;
import org.mm4j.linux.LinuxProbe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options, and what they may be. */
@Command(
    name = "off-heap",
    mixinStandardHelpOptions = true,
    version = "off-heap 0.1.0-SNAPSHOT",
    sortOptions = false,
    description = {
      "An off-heap store of records on huge pages.",
      "It maps, fills, collapses in the background and on demand, says what is huge and why the"
          + " rest is not, and measures random reads. On a machine without the features it says"
          + " what is missing and runs on the simulated kernel."
    })
final class OffHeapCommand implements Callable<Integer> {
  private static final long RUNNING_BYTES = 512L << 20;
  private static final long SIMULATED_BYTES = 64L << 20;
  private static final long LEAST_BYTES = 16L << 20;
  private static final long MOST_SIMULATED_BYTES = 4L << 30;

  private final PrintStream out;
  private final LinuxProbe probe;

  @Option(
      names = "--kernel",
      paramLabel = "KERNEL",
      description =
          "auto (the running kernel if it has what is needed; default), running, or simulated")
  private KernelChoice kernel = KernelChoice.AUTO;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "how large the store is, such as 2G (default 512M, on the simulation 64M)")
  private @Nullable Long sizeBytes;

  @Option(
      names = "--record-bytes",
      paramLabel = "N",
      description = "how large a record is, a power of two from 8 to 4096 (default 64)")
  private int recordBytes = 64;

  @Option(
      names = "--least-full",
      paramLabel = "PERCENT",
      description = "how full a block must be to be collapsed in the background (default 90)")
  private int leastFullPercent = 90;

  @Option(
      names = "--first-touch",
      description =
          "have the kernel make huge pages at the first touch: sets shmem_enabled to advise for the"
              + " time of this run, for the whole machine; needs root")
  private boolean firstTouch;

  @Option(
      names = "--own-index",
      description =
          "on the simulation: keep the pages in this example's own index instead of the library's,"
              + " and run the built-in strategy on that")
  private boolean ownIndex;

  @Option(
      names = "--measure",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "measure random reads as well (default; --no-measure leaves it out)")
  private boolean measures;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "rounds of the measurement (default 7)")
  private int rounds = 7;

  @Option(
      names = "--reads",
      paramLabel = "N",
      description = "reads per memory and round (default 400000)")
  private int reads = 400_000;

  @Option(names = "--probe", description = "only say what this machine has")
  private boolean probeOnly;

  OffHeapCommand(PrintStream out, LinuxProbe probe) {
    this.out = out;
    this.probe = probe;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (probeOnly) {
      out.println(probe);
      return 0;
    }
    check();
    boolean isReal = kernel.usesRunningKernel(probe);
    require(
        !isReal || !ownIndex,
        "--own-index needs --kernel simulated: the running kernel has an index of its own");
    long bytes = sizeBytes != null ? sizeBytes : isReal ? RUNNING_BYTES : SIMULATED_BYTES;
    checkSize(bytes, isReal);
    Plan plan =
        new Plan(
            isReal,
            bytes,
            recordBytes,
            leastFullPercent,
            firstTouch,
            ownIndex,
            measures,
            rounds,
            reads);
    new Show(out, probe, plan).run();
    return 0;
  }

  private void check() {
    require(
        recordBytes >= Long.BYTES && recordBytes <= 4096 && Integer.bitCount(recordBytes) == 1,
        "--record-bytes must be a power of two from 8 to 4096: " + recordBytes);
    require(
        sizeBytes == null || sizeBytes >= LEAST_BYTES,
        "--size must be at least 16M: " + sizeBytes + " bytes");
    require(
        leastFullPercent >= 1 && leastFullPercent <= 100,
        "--least-full must be from 1 to 100: " + leastFullPercent);
    require(rounds >= 1 && rounds <= 1000, "--rounds must be from 1 to 1000: " + rounds);
    require(reads >= 1000, "--reads must be at least 1000: " + reads);
  }

  private void checkSize(long bytes, boolean isReal) {
    require(isReal || bytes <= MOST_SIMULATED_BYTES, "--size must be at most 4G on the simulation");
    require(
        bytes / recordBytes <= RecordStore.MOST_RECORDS,
        "--size has room for " + bytes / recordBytes + " records; the most are 2^30");
  }

  private static void require(boolean holds, String mistake) {
    if (!holds) {
      throw new UserMistake(mistake);
    }
  }

  /**
   * What to do.
   *
   * @param isReal whether the running kernel is used
   * @param sizeBytes the size of the store
   * @param recordBytes the size of a record
   * @param leastFullPercent how full a block must be for the background
   * @param firstTouch whether the kernel makes huge pages at the first touch
   * @param ownIndex whether a simulated kernel keeps pages in our own index
   * @param measures whether reads are measured
   * @param rounds how many rounds of it
   * @param reads how many reads in each
   */
  record Plan(
      boolean isReal,
      long sizeBytes,
      int recordBytes,
      int leastFullPercent,
      boolean firstTouch,
      boolean ownIndex,
      boolean measures,
      int rounds,
      int reads) {}
}
