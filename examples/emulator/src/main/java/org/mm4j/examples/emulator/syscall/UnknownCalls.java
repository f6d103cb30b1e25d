/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the calls that nobody serves, by number. Thread-safe. */
public final class UnknownCalls {
  private final ConcurrentHashMap<Long, LongAdder> counts = new ConcurrentHashMap<>();

  void count(long number) {
    counts.computeIfAbsent(number, n -> new LongAdder()).increment();
  }

  /** Returns how often each number was tried. */
  public Map<Long, Long> counts() {
    Map<Long, Long> sums = new TreeMap<>();
    counts.forEach((number, count) -> sums.put(number, count.sum()));
    return sums;
  }
}
