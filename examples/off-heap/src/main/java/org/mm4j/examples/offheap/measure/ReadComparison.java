/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Measures random reads of several memories side by side.
 *
 * <p>Rounds are interleaved: each visits every memory once, beginning with another one each time,
 * so that what slows the machine down for a while slows down all of them. One round before the
 * others warms up and does not count. It is a loop with a clock and no benchmark harness: good for
 * ratios within a run, not for figures to be carried elsewhere.
 */
final class ReadComparison {
  private final Permutation order;
  private final int steps;

  /**
   * Creates a comparison.
   *
   * @param steps how many reads are timed together
   */
  ReadComparison(Permutation order, int steps) {
    this.order = order;
    this.steps = steps;
  }

  /**
   * Measures memories that are linked.
   *
   * @param progress is told of each finished round
   * @throws IllegalStateException if one of them answers wrongly
   */
  List<Result> run(List<Reads> memories, int rounds, IntConsumer progress) {
    double[][] dependent = new double[memories.size()][rounds];
    double[][] independent = new double[memories.size()][rounds];
    for (int round = -1; round < rounds; round++) {
      for (int turn = 0; turn < memories.size(); turn++) {
        int which = Math.floorMod(round + turn, memories.size());
        long begin = begin(which, memories.size(), round);
        double following = timeFollowing(memories.get(which), begin);
        double summing = timeSumming(memories.get(which), begin);
        if (round >= 0) {
          dependent[which][round] = following;
          independent[which][round] = summing;
        }
      }
      progress.accept(round + 1);
    }
    List<Result> results = new ArrayList<>();
    for (int which = 0; which < memories.size(); which++) {
      results.add(
          new Result(
              memories.get(which).name(),
              Spread.of(dependent[which]),
              Spread.of(independent[which])));
    }
    return results;
  }

  /**
   * Each round goes on where the last one stopped, so that it meets places that no cache has; and
   * each of the readers begins at another place, because two of them may share their memory.
   */
  private long begin(int which, int count, int round) {
    return (long) order.length() / count * which + 2L * (round + 1) * steps;
  }

  private double timeFollowing(Reads memory, long begin) {
    long begun = System.nanoTime();
    int end = memory.follow(order.at(begin), steps);
    long took = System.nanoTime() - begun;
    requireSame(memory, order.at(begin + steps), end);
    return (double) took / steps;
  }

  private double timeSumming(Reads memory, long followedFrom) {
    long begin = followedFrom + steps;
    long begun = System.nanoTime();
    long sum = memory.sum(order, begin, steps);
    long took = System.nanoTime() - begun;
    long expected = 0;
    for (int step = 0; step < steps; step++) {
      expected += order.at(begin + step + 1);
    }
    requireSame(memory, expected, sum);
    return (double) took / steps;
  }

  private static void requireSame(Reads memory, long expected, long found) {
    if (expected != found) {
      throw new IllegalStateException(
          memory.name() + " answered wrongly: " + found + " instead of " + expected);
    }
  }

  /**
   * What one memory took, in nanoseconds per read.
   *
   * @param name which memory
   * @param dependent when each read needs the one before: the latency
   * @param independent when no read needs another: what can be had in parallel
   */
  record Result(String name, Spread dependent, Spread independent) {}
}
