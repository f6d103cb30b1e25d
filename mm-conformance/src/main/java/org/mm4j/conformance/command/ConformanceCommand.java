/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.mm4j.conformance.campaign.Campaign;
import org.mm4j.conformance.campaign.Finding;
import org.mm4j.conformance.campaign.SavedState;
import org.mm4j.conformance.compare.Tally;
import org.mm4j.conformance.side.RunningSide;
import org.mm4j.conformance.side.Side;
import org.mm4j.conformance.side.SimulatedSide;
import org.mm4j.linux.Availability;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares the kernels with random scenarios until enough steps were made. */
@Command(
    name = "mm4j conformance",
    mixinStandardHelpOptions = true,
    description = {
      "Makes random memory calls on the simulated and on the running kernel and compares them.",
      "Ctrl-C stops it after the scenario that is running; the same command then goes on there.",
      "Exit status: 0 no difference, 1 differences were found, 2 a mistake in the command,",
      "69 this machine does not have what it needs, 130 stopped."
    })
public final class ConformanceCommand implements Callable<Integer> {
  private static final int DIFFERENT = 1;
  private static final int UNAVAILABLE = 69;
  private static final int STOPPED = 130;
  private static final long SAVE_NANOS = 1_000_000_000L;
  private static final long STOP_SECONDS = 30;

  @Option(
      names = "--steps",
      description = "How many steps in all, earlier runs included (default: ${DEFAULT-VALUE}).")
  private long steps = 1_000_000;

  @Option(
      names = "--seed",
      description = "The seed of the first scenario, if there is no state (default: the time).")
  private @Nullable Long seed;

  @Option(
      names = "--state",
      description = "Where it is kept how far this got (default: ${DEFAULT-VALUE}).")
  private Path state = Path.of("mm4j-conformance.state");

  @Option(names = "--fresh", description = "Begin anew, whatever the state says.")
  private boolean fresh;

  @Option(
      names = "--findings",
      description = "The folder for scenarios that differ (default: ${DEFAULT-VALUE}).")
  private Path findings = Path.of("mm4j-conformance");

  @Option(
      names = "--stop-after",
      description = "Stop after so many differences (default: ${DEFAULT-VALUE}).")
  private int stopAfter = 10;

  private final PrintWriter out;
  private final PrintWriter err;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean stopped;

  ConformanceCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  /** Returns the command on this process's streams. */
  public static ConformanceCommand ofThisProcess() {
    Charset charset = System.out.charset();
    return new ConformanceCommand(
        new PrintWriter(System.out, true, charset), new PrintWriter(System.err, true, charset));
  }

  /** Runs it and returns the exit status. */
  public int run(String... arguments) {
    return new CommandLine(this).setOut(out).setErr(err).execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    Availability availability = RunningSide.probe();
    if (availability instanceof Availability.Missing missing) {
      err.println("cannot compare here: " + missing.reason() + "; " + missing.remedy());
      return UNAVAILABLE;
    }
    SavedState begin =
        !fresh && Files.exists(state)
            ? SavedState.read(state)
            : new SavedState(seed == null ? System.nanoTime() >>> 16 : seed, 0, 0, new Tally());
    Thread hook = Thread.ofPlatform().unstarted(this::stopAndWait);
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return compare(begin);
    } finally {
      ended.countDown();
    }
  }

  /** Runs when the JVM is asked to end: the scenario that is running ends, and all is put back. */
  private void stopAndWait() {
    stopped = true;
    try {
      if (!ended.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        err.println("the running scenario does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int compare(SavedState begin) throws IOException {
    long start = System.nanoTime();
    long saved = start;
    int differences = begin.differences();
    try (Side simulated = new SimulatedSide();
        Side linux = new RunningSide();
        ProgressLine progress = ProgressLine.open(err)) {
      Campaign campaign = new Campaign(simulated, linux, begin.tally(), begin.nextSeed());
      out.println(
          "seed " + campaign.nextSeed() + ", " + campaign.tally().steps() + " steps so far");
      long earlier = campaign.tally().steps();
      while (!stopped && campaign.tally().steps() < steps && differences < stopAfter) {
        Finding finding = campaign.next();
        if (finding != null) {
          differences++;
          progress.clear();
          report(finding);
        }
        long now = System.nanoTime();
        double seconds = (now - start) / 1e9;
        progress.show(line(campaign, (campaign.tally().steps() - earlier) / seconds, differences));
        if (now - saved > SAVE_NANOS) {
          saved = now;
          save(campaign, begin.seconds() + seconds, differences);
        }
      }
      double seconds = begin.seconds() + (System.nanoTime() - start) / 1e9;
      save(campaign, seconds, differences);
      progress.clear();
      out.print(summary(campaign.tally(), seconds, differences));
      out.flush();
    }
    if (stopped) {
      return STOPPED;
    }
    return differences == 0 ? 0 : DIFFERENT;
  }

  private void save(Campaign campaign, double seconds, int differences) throws IOException {
    new SavedState(campaign.nextSeed(), seconds, differences, campaign.tally()).write(state);
  }

  private void report(Finding finding) throws IOException {
    Files.createDirectories(findings);
    Path file = findings.resolve("seed-" + finding.seed() + ".txt");
    Files.writeString(file, finding.regression());
    out.println(finding.shortest());
    out.println(finding.table());
    out.println("kept in " + file);
  }

  private String line(Campaign campaign, double perSecond, int differences) {
    long done = campaign.tally().steps();
    return String.format(
        Locale.ROOT,
        "%,d of %,d steps, %.0f steps/s, %d differences, seed %d",
        done,
        steps,
        perSecond,
        differences,
        campaign.nextSeed());
  }

  private static String summary(Tally tally, double seconds, int differences) {
    return String.format(
        Locale.ROOT,
        "%s%n%,d steps in %.0f s, %.0f steps/s, %d differences%n",
        tally,
        tally.steps(),
        seconds,
        tally.steps() / Math.max(seconds, 1e-3),
        differences);
  }
}
