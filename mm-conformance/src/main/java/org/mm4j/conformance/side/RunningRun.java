/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mm4j.Errno;
import org.mm4j.ScanResult;
import org.mm4j.conformance.executor.CollapseEvent;
import org.mm4j.conformance.executor.CollapseTrace;
import org.mm4j.conformance.executor.LaneObservation;
import org.mm4j.conformance.executor.RawResult;
import org.mm4j.conformance.scenario.Answer;
import org.mm4j.conformance.scenario.CallKind;
import org.mm4j.conformance.scenario.Lane;
import org.mm4j.conformance.scenario.Observation;
import org.mm4j.conformance.scenario.Outcome;
import org.mm4j.conformance.scenario.Step;
import org.mm4j.conformance.scenario.World;

/** A scenario on the running kernel. */
final class RunningRun implements SideRun {
  private static final int COLLAPSE_ATTEMPTS = 5;

  private final RunningWorld world;
  private final CollapseTrace trace;
  private final RunningCalls calls;
  private final Observer observer;
  private final SortedMap<Lane, Started> waiting = new TreeMap<>();

  RunningRun(RunningWorld world, CollapseTrace trace) {
    this.world = world;
    this.trace = trace;
    this.calls = new RunningCalls(world);
    this.observer = new Observer(new RunningProbe(world));
  }

  @Override
  public Answer make(Step step) {
    if (step.call() == CallKind.EXIT) {
      world.exit(step.lane().space());
      waiting.keySet().removeIf(lane -> lane.space() == step.lane().space());
      return new Answer(Outcome.OK, released(), "");
    }
    org.mm4j.conformance.executor.Lane lane = laneOf(step.lane());
    if (CollapseDetail.isCollapse(step)) {
      return collapse(step, lane);
    }
    Started started = calls.start(step, lane);
    Outcome outcome = outcome(step, lane, started);
    if (outcome == null) {
      // Others first: what they did is over by now, and this one must not be looked at twice.
      SortedMap<Lane, Outcome> released = released();
      waiting.put(step.lane(), started);
      return new Answer(Outcome.BLOCKED, released, "");
    }
    return new Answer(outcome, released(), "");
  }

  /** On a running machine somebody else may hold a page for a moment; so EAGAIN is asked again. */
  private Answer collapse(Step step, org.mm4j.conformance.executor.Lane lane) {
    Outcome outcome = Outcome.BLOCKED;
    String detail = "";
    for (int attempt = 0; attempt < COLLAPSE_ATTEMPTS; attempt++) {
      trace.take(lane);
      Started started = calls.start(step, lane);
      outcome = started.decoder().apply(lane.await());
      detail = scanResults(lane);
      if (!outcome.equals(Outcome.refused(Errno.EAGAIN))) {
        break;
      }
    }
    return new Answer(outcome, released(), detail);
  }

  /** A look at a file ends with one event of the scan, whatever it was. */
  private String scanResults(org.mm4j.conformance.executor.Lane lane) {
    SortedMap<String, Long> failures = new TreeMap<>();
    for (CollapseEvent event : trace.take(lane)) {
      if (event.name().equals("mm_khugepaged_scan_file")) {
        ScanResult result = CollapseDetail.byTraceText(event.result());
        if (!CollapseDetail.isHuge(result)) {
          failures.merge(result.name(), 1L, Long::sum);
        }
      }
    }
    return CollapseDetail.print(failures);
  }

  private org.mm4j.conformance.executor.Lane laneOf(Lane lane) {
    return world.space(lane.space()).lane(lane.thread());
  }

  /** Returns the outcome, or null if the lane waits for a userfaultfd. */
  private @Nullable Outcome outcome(
      Step step, org.mm4j.conformance.executor.Lane lane, Started started) {
    if (!started.isUnderWay()) {
      return started.decoder().apply(new RawResult.Returned(0));
    }
    if (!World.mayWait(step)) {
      return started.decoder().apply(lane.await());
    }
    return settled(lane, started);
  }

  /** Waits until a lane has its result, or waits in a userfault: then null. */
  private static @Nullable Outcome settled(
      org.mm4j.conformance.executor.Lane lane, Started started) {
    while (true) {
      LaneObservation seen = lane.awaitBlockedOrDone();
      if (seen instanceof LaneObservation.Done done) {
        return started.decoder().apply(done.result());
      }
      if (seen instanceof LaneObservation.Blocked blocked && blocked.isUserfault()) {
        return null;
      }
    }
  }

  /** A thread that was woken runs at once or is runnable, so it is not taken for one that waits. */
  private SortedMap<Lane, Outcome> released() {
    SortedMap<Lane, Outcome> released = new TreeMap<>();
    for (Iterator<Map.Entry<Lane, Started>> i = waiting.entrySet().iterator(); i.hasNext(); ) {
      Map.Entry<Lane, Started> each = i.next();
      org.mm4j.conformance.executor.Lane lane = laneOf(each.getKey());
      Optional<RawResult> result = lane.poll();
      Outcome outcome =
          result.isPresent()
              ? each.getValue().decoder().apply(result.get())
              : settled(lane, each.getValue());
      if (outcome != null) {
        released.put(each.getKey(), outcome);
        i.remove();
      }
    }
    return released;
  }

  @Override
  public Observation observe(Question question) {
    return observer.observe(question);
  }

  @Override
  public void close() {
    world.end();
  }
}
