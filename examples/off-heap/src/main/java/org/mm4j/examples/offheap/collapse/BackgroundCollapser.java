/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.collapse;

import com.google.common.util.concurrent.AbstractScheduledService;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes blocks huge in the background, a few at a time, as a policy chooses: a khugepaged of the
 * store's own. It asks for collapses on demand, so it needs no setting of the machine, and it knows
 * what the kernel's does not: the limits and the order that suit this store.
 *
 * <p>A Guava service: {@code startAsync()}, {@code stopAsync().awaitTerminated()}. To be stopped
 * before its memory is closed. A refusal is remembered by the {@link Collapser} and no failure.
 */
public final class BackgroundCollapser extends AbstractScheduledService {
  private final Collapser collapser;
  private final BlockPolicy policy;
  private final int blocksPerRound;
  private final Duration pause;
  private final AtomicLong collapsed = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final Object settled = new Object();

  // Guarded by settled.
  private long idleRounds;

  /**
   * Creates one that is not started.
   *
   * @param blocksPerRound how many blocks it collapses in a row, at least 1
   * @param pause how long it rests after each round
   */
  public BackgroundCollapser(
      Collapser collapser, BlockPolicy policy, int blocksPerRound, Duration pause) {
    if (blocksPerRound < 1 || pause.isNegative() || pause.isZero()) {
      throw new IllegalArgumentException("no pace: " + blocksPerRound + " blocks, then " + pause);
    }
    this.collapser = collapser;
    this.policy = policy;
    this.blocksPerRound = blocksPerRound;
    this.pause = pause;
  }

  @Override
  protected void runOneIteration() {
    List<BlockFacts> chosen = policy.choose(collapser.facts(), collapser.nanoTime());
    if (chosen.isEmpty()) {
      restedOnce();
    }
    for (BlockFacts block : chosen.subList(0, Math.min(blocksPerRound, chosen.size()))) {
      if (!policy.wants(collapser.facts(block.block()))) {
        continue; // it has lost pages since the look
      }
      BlockState outcome = collapser.collapse(block.block());
      if (outcome == BlockState.Known.HUGE) {
        collapsed.incrementAndGet();
        continue;
      }
      refused.incrementAndGet();
      if (outcome instanceof BlockState.Refused no && no.reason() == Refusal.NO_HUGE_PAGE) {
        return; // there will be none for the next block either
      }
    }
  }

  @Override
  protected Scheduler scheduler() {
    return Scheduler.newFixedDelaySchedule(Duration.ZERO, pause);
  }

  /** Returns how many collapses succeeded. */
  public long collapsed() {
    return collapsed.get();
  }

  /** Returns how many collapses were refused. */
  public long refused() {
    return refused.get();
  }

  private void restedOnce() {
    synchronized (settled) {
      idleRounds++;
      settled.notifyAll();
    }
  }

  /**
   * Waits until a round that begins from now on finds nothing to do.
   *
   * @return false if that takes longer than the limit
   */
  public boolean awaitIdle(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    synchronized (settled) {
      // The round that is under way may have looked before now.
      long enough = idleRounds + 2;
      while (idleRounds < enough) {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) {
          return false;
        }
        settled.wait(left);
      }
      return true;
    }
  }
}
