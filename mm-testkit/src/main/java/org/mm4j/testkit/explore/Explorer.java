/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program again and again, each time with another schedule.
 *
 * <p>The runs are driven by a virtual thread, so that handing over to a task and back costs little;
 * the caller only watches that they get on.
 */
final class Explorer {
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();
  private static final Duration WATCH_INTERVAL = Duration.ofMillis(500);
  private static final Duration STANDSTILL = Duration.ofSeconds(30);
  private static final Duration CLOSING_TIME = Duration.ofSeconds(20);

  /** How long a shorter counterexample is looked for. */
  private static final Duration SHORTENING_TIME = Duration.ofSeconds(5);

  private static final int SHORTENING_BOUND = 4;

  private final String world;
  private final Program program;
  private final MemoryModel model;
  private final Search search;
  private final Budget budget;
  private final List<Site> weakened;
  private final SharedCells sharing = new SharedCells();
  private final Cells cells = new Cells(sharing);
  private final long startNanos = System.nanoTime();
  private long runs;
  private long steps;

  /** For the watching thread. */
  private volatile long progress;

  private volatile @Nullable ExploredRun watched;

  Explorer(
      String world,
      Program program,
      MemoryModel model,
      Search search,
      Budget budget,
      List<Site> weakened) {
    this.world = world;
    this.program = program;
    this.model = model;
    this.search = search;
    this.budget = budget;
    this.weakened = weakened;
  }

  /** What came out, if it is not a verdict. */
  private static final class Outcome {
    private @Nullable Verdict verdict;
    private @Nullable Throwable thrown;
  }

  @SuppressWarnings("CatchingUnchecked") // handed to the caller as it is
  Verdict explore() {
    ONE_AT_A_TIME.lock();
    try {
      Outcome outcome = new Outcome();
      Thread driver =
          Thread.ofVirtual()
              .name("exploration of " + world)
              .start(
                  () -> {
                    try {
                      outcome.verdict = search();
                    } catch (Exception | Error e) {
                      outcome.thrown = e;
                    }
                  });
      watch(driver);
      return resultOf(outcome);
    } finally {
      ExploringSync.explore(null);
      ONE_AT_A_TIME.unlock();
    }
  }

  private void watch(Thread driver) {
    long seen = -1;
    long since = System.nanoTime();
    boolean interrupted = false;
    while (true) {
      try {
        if (driver.join(WATCH_INTERVAL)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (progress != seen) {
        seen = progress;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > STANDSTILL.toNanos()) {
        ExploredRun run = watched;
        throw new ExplorationFailed(
            "the exploration stands still: " + (run == null ? "no run" : run.position()));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Verdict resultOf(Outcome outcome) {
    Throwable thrown = outcome.thrown;
    if (thrown instanceof ExplorationFailed failed) {
      throw failed;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown != null) {
      throw new ExplorationFailed("the world cannot be built or closed: " + thrown, thrown);
    }
    return Objects.requireNonNull(outcome.verdict);
  }

  // ------------------------------------------------------------ the search

  private Verdict search() throws Exception {
    run(new RandomChoice(1), new Timeline(false)); // classes are initialised now
    sharing.grow();
    runs = 0;
    steps = 0;
    Chooser chooser = chooser();
    while (true) {
      ExploredRun run = run(chooser, new Timeline(false));
      if (run.failure() != null) {
        return broken(chooser, run);
      }
      String limit = exhausted();
      if (sharing.grow() && chooser.onlySharedCells()) {
        chooser.restart();
      } else if (!chooser.next()) {
        return search instanceof Search.Replay
            ? new Verdict.BudgetExhausted(effort(), "one schedule was replayed")
            : new Verdict.Complete(effort());
      }
      if (limit != null) {
        return new Verdict.BudgetExhausted(effort(), limit);
      }
    }
  }

  private Chooser chooser() {
    return switch (search) {
      case Search.Exhaustive exhaustive -> new SleepSets(false);
      case Search.Naive naive -> new SleepSets(true);
      case Search.FewestPreemptions fewest -> new PreemptionBound(fewest.maxBound());
      case Search.RandomWalk walk -> new RandomChoice(walk.seed());
      case Search.Pct pct -> new Priorities(pct.seed(), pct.depth());
      case Search.Replay replay -> new ScheduleReplay(replay.schedule());
    };
  }

  private @Nullable String exhausted() {
    if (runs >= budget.runs()) {
      return "%,d runs".formatted(budget.runs());
    }
    Duration took = took();
    return took.compareTo(budget.wallTime()) >= 0 ? took.toSeconds() + " seconds" : null;
  }

  private Duration took() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  private Verdict.Effort effort() {
    return new Verdict.Effort(world, model, search.toString(), runs, steps, took());
  }

  // ------------------------------------------------------------ one run

  private ExploredRun run(Chooser chooser, Timeline timeline) throws Exception {
    cells.clear();
    ExploredRun run =
        new ExploredRun(
            chooser, budget.stepsPerRun(), model == MemoryModel.TSO, cells, sharing, timeline);
    watched = run;
    ExploringSync.explore(new Operations(run, weakened));
    try (Run built = program.newRun()) {
      run.begin(built);
      run.perform();
      run.checkEnd();
      runs++;
      steps += run.steps();
      progress = runs;
      run.release();
    } catch (RuntimeException | Error e) {
      if (run.failure() == null) {
        throw e;
      }
      // the world is broken, and that is known
    } finally {
      await(run);
      ExploringSync.explore(null);
    }
    if (run.intruder() != null) {
      throw new ExplorationFailed(
          "thread " + run.intruder() + " touched the world while it was explored");
    }
    if (run.trouble() != null) {
      throw run.trouble();
    }
    return run;
  }

  private static void await(ExploredRun run) throws InterruptedException {
    for (Thread thread : run.threads()) {
      if (thread.getState() != Thread.State.NEW && !thread.join(CLOSING_TIME)) {
        throw new ExplorationFailed(
            "close() did not wake "
                + thread.getName()
                + "; it still waits after "
                + CLOSING_TIME.toSeconds()
                + " seconds");
      }
    }
  }

  // ------------------------------------------------------------ the report

  private Verdict broken(Chooser chooser, ExploredRun found) throws Exception {
    Verdict.Effort effort = effort();
    ExploredRun before = chooser.onlySharedCells() ? shorter(found) : found;
    Chooser again = new ScheduleReplay(before.schedule());
    Timeline timeline = new Timeline(true);
    ExploredRun repeated = run(again, timeline);
    Failure failure = sameFailure(before, repeated);
    return new Verdict.Broken(
        effort,
        new Violation(
            failure.rule(),
            failure.message(),
            failure.cause(),
            repeated.schedule(),
            repeated.preemptions(),
            timeline.tasks(),
            timeline.entries()));
  }

  private static Failure sameFailure(ExploredRun first, ExploredRun second) {
    Failure before = Objects.requireNonNull(first.failure());
    Failure now = second.failure();
    if (now == null || !now.rule().equals(before.rule())) {
      throw new ExplorationFailed(
          "the program is not deterministic: rule "
              + before.rule()
              + " was broken ("
              + before.message()
              + "), but when the schedule was repeated "
              + (now == null ? "none was" : now.rule() + " was: " + now.message()));
    }
    return now;
  }

  /** Looks for a counterexample with fewer preemptions for a moment. */
  private ExploredRun shorter(ExploredRun found) throws Exception {
    int most = Math.min(SHORTENING_BOUND, found.preemptions() - 1);
    if (search instanceof Search.FewestPreemptions || most < 0) {
      return found;
    }
    sharing.grow();
    long start = System.nanoTime();
    Chooser chooser = new PreemptionBound(most);
    do {
      ExploredRun run = run(chooser, new Timeline(false));
      if (run.failure() != null) {
        return run;
      }
      if (sharing.grow()) {
        chooser.restart();
      }
    } while (System.nanoTime() - start < SHORTENING_TIME.toNanos() && chooser.next());
    return found;
  }
}
