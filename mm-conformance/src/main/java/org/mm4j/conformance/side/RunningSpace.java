/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mm4j.conformance.executor.ExecutorProcess;
import org.mm4j.conformance.executor.Lane;
import org.mm4j.conformance.executor.RawResult;

/**
 * An address space on the running kernel: a process of the executor, its threads, and its file
 * descriptors of the scenario's things.
 *
 * <p>One further thread never takes a step: through it the space can be looked at while all others
 * wait.
 */
final class RunningSpace {
  private final ExecutorProcess process;
  private final Lane control;
  private final SortedMap<Integer, Lane> lanes = new TreeMap<>();
  private final Map<String, Long> descriptors;

  RunningSpace(ExecutorProcess process, Map<String, Long> inherited) {
    this.process = process;
    this.control = process.newLane();
    this.descriptors = new HashMap<>(inherited);
  }

  ExecutorProcess process() {
    return process;
  }

  /** The thread that takes no steps. */
  Lane control() {
    return control;
  }

  Lane lane(int thread) {
    return lanes.computeIfAbsent(thread, number -> process.newLane());
  }

  /** The descriptors by the name of the thing. */
  Map<String, Long> descriptors() {
    return descriptors;
  }

  /**
   * Makes a call on the control thread.
   *
   * @return what the kernel returned, a negative errno included
   */
  long call(SystemCall call, long... arguments) {
    return value(call, control.call(call.number(), arguments));
  }

  static long value(SystemCall call, RawResult result) {
    if (result instanceof RawResult.Returned returned) {
      return returned.value();
    }
    throw new IllegalStateException(call + " was answered by " + result);
  }

  /**
   * Makes a call that cannot fail on the control thread.
   *
   * @throws IllegalStateException if it does
   */
  long must(SystemCall call, long... arguments) {
    long value = call(call, arguments);
    if (value < 0 && value >= -4095) {
      throw new IllegalStateException(call + " failed with errno " + -value);
    }
    return value;
  }
}
