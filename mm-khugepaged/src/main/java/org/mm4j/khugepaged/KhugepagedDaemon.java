/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import com.google.common.util.concurrent.AbstractExecutionThreadService;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.mm4j.KhugepagedTunables;
import org.mm4j.sync.WaitQueue;
import org.mm4j.sync.Waiter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that runs khugepaged's rounds: a round, a pause, a round, until it is stopped. It
 * serves for one start and one stop.
 *
 * <p>A pause ends early when the settings change, and at the stop; without any address space to
 * look at it lasts until there is one. An exception in a round is logged and ends the round only.
 */
final class KhugepagedDaemon extends AbstractExecutionThreadService {
  private static final Logger LOG = LoggerFactory.getLogger(KhugepagedDaemon.class);

  /** How long a round that failed keeps the next one from filling the log, at least. */
  private static final long FAILURE_PAUSE_MILLIS = 1_000;

  private final Khugepaged khugepaged;
  private final Supplier<KhugepagedTunables> tunables;
  private final WaitQueue wakeUps;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          new ThreadFactoryBuilder().setNameFormat("khugepaged-%d").setDaemon(true).build());

  /**
   * Creates a daemon that is not started.
   *
   * @param wakeUps is woken when the settings change, and when the first address space comes
   */
  KhugepagedDaemon(
      Khugepaged khugepaged, Supplier<KhugepagedTunables> tunables, WaitQueue wakeUps) {
    this.khugepaged = khugepaged;
    this.tunables = tunables;
    this.wakeUps = wakeUps;
  }

  @Override
  protected Executor executor() {
    return executor;
  }

  @Override
  protected String serviceName() {
    return "khugepaged";
  }

  @Override
  protected void run() {
    while (isRunning()) {
      KhugepagedTunables before = tunables.get();
      long pauseMillis = before.scanSleepMillis();
      try {
        khugepaged.scanRound(new OneBackOff(before));
      } catch (RuntimeException | Error failure) {
        LOG.error("A round of khugepaged failed; the next one follows", failure);
        pauseMillis = Math.max(pauseMillis, FAILURE_PAUSE_MILLIS);
      }
      if (pauseMillis > 0) {
        pauseUnless(() -> !tunables.get().equals(before), pauseMillis);
      }
      pauseUnless(khugepaged::hasWork, Long.MAX_VALUE);
    }
  }

  @Override
  protected void triggerShutdown() {
    wakeUps.wakeAll();
  }

  @Override
  protected void shutDown() {
    executor.shutdown();
  }

  /** Blocks until the time is over, the condition holds, or the daemon is to stop. */
  private void pauseUnless(BooleanSupplier condition, long millis) {
    boolean timeLeft = true;
    while (timeLeft) {
      Waiter waiter = wakeUps.enlist();
      try {
        if (!isRunning() || condition.getAsBoolean()) {
          return;
        }
        timeLeft = waiter.await(TimeUnit.MILLISECONDS.toNanos(millis));
      } catch (InterruptedException e) {
        // Nobody but the executor knows this thread, and it interrupts only to end it.
        LOG.debug("khugepaged was interrupted in a pause", e);
      } finally {
        wakeUps.withdraw(waiter);
      }
    }
  }

  /** Pauses after the first allocation failure of a round, gives up after the second. */
  private final class OneBackOff implements Khugepaged.AllocationBackOff {
    /** The settings when the round began: a change since then ends the pause as well. */
    private final KhugepagedTunables before;

    private boolean used;

    OneBackOff(KhugepagedTunables before) {
      this.before = before;
    }

    @Override
    public boolean pause() {
      if (used) {
        return false;
      }
      used = true;
      pauseUnless(() -> !tunables.get().equals(before), before.allocSleepMillis());
      return isRunning();
    }
  }
}
