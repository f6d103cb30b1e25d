/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.EnumMap;
import java.util.Map;
import org.mm4j.CollapseStatistics;
import org.mm4j.CollapseTrigger;
import org.mm4j.ScanResult;
import org.mm4j.sync.Counter;

/** Counts what became of every look at a range. Thread-safe; callable under any lock. */
final class CollapseLedger {
  private final Map<CollapseTrigger, Map<ScanResult, Counter>> results =
      new EnumMap<>(CollapseTrigger.class);
  private final Counter pagesCollapsed = new Counter();
  private final Counter fullScans = new Counter();
  private final Counter collapses = new Counter();
  private final Counter collapseNanos = new Counter();
  private final Counter skippedByPolicy = new Counter();
  private final Counter policyFailures = new Counter();
  private final Counter longestDecisionNanos = new Counter();

  CollapseLedger() {
    for (CollapseTrigger trigger : CollapseTrigger.values()) {
      Map<ScanResult, Counter> counters = new EnumMap<>(ScanResult.class);
      for (ScanResult result : ScanResult.values()) {
        counters.put(result, new Counter());
      }
      results.put(trigger, counters);
    }
  }

  /** Counts how a look at one range ended. */
  void looked(CollapseTrigger trigger, ScanResult result) {
    Map<ScanResult, Counter> counters = results.get(trigger);
    Counter counter = counters == null ? null : counters.get(result);
    if (counter != null) {
      counter.add(1);
    }
    if (trigger == CollapseTrigger.DAEMON && result == ScanResult.SUCCEED) {
      pagesCollapsed.add(1);
    }
  }

  /** Counts a range of a file that became huge, and the time it took. */
  void collapsed(long nanos) {
    collapses.add(1);
    collapseNanos.add(nanos);
  }

  /** Counts that khugepaged has looked at everything once more. */
  void scannedEverything() {
    fullScans.add(1);
  }

  /** Counts that the policy decided to leave a range as it is. */
  void skipped() {
    skippedByPolicy.add(1);
  }

  /** Counts that the policy did not answer as it should. */
  void policyFailed() {
    policyFailures.add(1);
  }

  /** Takes note of the time the policy took for an answer. */
  void decided(long nanos) {
    longestDecisionNanos.raiseTo(nanos);
  }

  CollapseStatistics statistics(String strategy, String policy) {
    return new CollapseStatistics(
        strategy,
        policy,
        counted(CollapseTrigger.DAEMON),
        counted(CollapseTrigger.MADVISE),
        pagesCollapsed.get(),
        fullScans.get(),
        collapses.get(),
        collapseNanos.get(),
        skippedByPolicy.get(),
        policyFailures.get(),
        longestDecisionNanos.get());
  }

  /** Results that never occurred are left out. */
  private Map<ScanResult, Long> counted(CollapseTrigger trigger) {
    return Maps.filterValues(
        Maps.transformValues(results.getOrDefault(trigger, ImmutableMap.of()), Counter::get),
        count -> count > 0);
  }
}
