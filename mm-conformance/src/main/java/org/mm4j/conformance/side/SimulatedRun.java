/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.mm4j.CollapseStatistics;
import org.mm4j.MemorySystem;
import org.mm4j.ScanResult;
import org.mm4j.conformance.scenario.Answer;
import org.mm4j.conformance.scenario.CallKind;
import org.mm4j.conformance.scenario.Lane;
import org.mm4j.conformance.scenario.Observation;
import org.mm4j.conformance.scenario.Outcome;
import org.mm4j.conformance.scenario.Step;
import org.mm4j.conformance.scenario.World;

/** A scenario on a simulated kernel. */
final class SimulatedRun implements SideRun {
  private static final long LIMIT_NANOS = 20_000_000_000L;
  private static final long SPIN_NANOS = 30_000;
  private static final long PARK_NANOS = 100_000;

  private final SimulatedWorld world;
  private final SimulatedCalls calls;
  private final Observer observer;
  private final SortedMap<Lane, SimulatedLane> lanes = new TreeMap<>();

  SimulatedRun(MemorySystem memory) {
    world = new SimulatedWorld(memory);
    calls = new SimulatedCalls(world);
    observer = new Observer(new SimulatedProbe(world));
  }

  @Override
  public Answer make(Step step) {
    if (step.call() == CallKind.EXIT) {
      return exit(step.lane().space());
    }
    CollapseStatistics before =
        CollapseDetail.isCollapse(step) ? world.memory().hugePages().statistics() : null;
    SimulatedLane own =
        lanes.computeIfAbsent(
            step.lane(), lane -> new SimulatedLane("lane " + lane, world.space(lane.space())));
    if (World.mayWait(step)) {
      own.start(() -> calls.make(step, own));
    } else {
      own.finish(SimulatedLane.outcomeOf(() -> calls.make(step, own)));
    }
    awaitQuiet();
    Outcome outcome = own.takeResult();
    return new Answer(
        outcome == null ? Outcome.BLOCKED : outcome,
        released(),
        before == null ? "" : scanResults(before, world.memory().hugePages().statistics()));
  }

  private SortedMap<Lane, Outcome> released() {
    SortedMap<Lane, Outcome> released = new TreeMap<>();
    lanes.forEach(
        (lane, thread) -> {
          Outcome result = thread.takeResult();
          if (result != null) {
            released.put(lane, result);
          }
        });
    return released;
  }

  /** Threads of the space end, those that wait included. */
  private Answer exit(int space) {
    Outcome outcome =
        SimulatedLane.outcomeOf(
            () -> {
              world.removeSpace(space).close();
              return Outcome.OK;
            });
    lanes
        .entrySet()
        .removeIf(
            each -> {
              boolean ends = each.getKey().space() == space;
              if (ends) {
                each.getValue().end();
              }
              return ends;
            });
    world.forgetPins(space);
    awaitQuiet();
    return new Answer(outcome, released(), "");
  }

  private static String scanResults(CollapseStatistics before, CollapseStatistics after) {
    SortedMap<String, Long> failures = new TreeMap<>();
    for (Map.Entry<ScanResult, Long> each : after.madviseResults().entrySet()) {
      long count = each.getValue() - before.madviseResults().getOrDefault(each.getKey(), 0L);
      if (count > 0 && !CollapseDetail.isHuge(each.getKey())) {
        failures.put(each.getKey().name(), count);
      }
    }
    return CollapseDetail.print(failures);
  }

  /**
   * Waits until every thread is idle or waits. Two looks in a row must find the same, because one
   * thread may wake another between two looks at them.
   */
  private void awaitQuiet() {
    long start = System.nanoTime();
    SimulatedLane.State @Nullable [] previous = null;
    while (true) {
      SimulatedLane.State[] states =
          lanes.values().stream().map(SimulatedLane::state).toArray(SimulatedLane.State[]::new);
      boolean quiet = !Arrays.asList(states).contains(SimulatedLane.State.RUNNING);
      if (quiet && Arrays.equals(previous, states)) {
        return;
      }
      previous = quiet ? states : null;
      long nanos = System.nanoTime() - start;
      if (nanos > LIMIT_NANOS) {
        throw new IllegalStateException("a call neither ends nor waits for a page: " + stacks());
      }
      if (nanos < SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, PARK_NANOS);
      }
    }
  }

  private String stacks() {
    StringBuilder text = new StringBuilder();
    lanes.forEach(
        (lane, thread) -> {
          if (thread.state() == SimulatedLane.State.RUNNING) {
            text.append(lane).append(' ').append(Arrays.toString(thread.stack())).append('\n');
          }
        });
    return text.toString();
  }

  @Override
  public Observation observe(Question question) {
    return observer.observe(question);
  }

  @Override
  public void close() {
    world.closeSpaces();
    lanes.values().forEach(SimulatedLane::end);
    world.close();
  }
}
