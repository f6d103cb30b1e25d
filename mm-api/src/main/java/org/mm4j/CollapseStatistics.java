/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

import java.util.Map;

/**
 * What khugepaged and {@code MADV_COLLAPSE} have done so far.
 *
 * @param strategy the name of the strategy in use
 * @param policy the name of the policy in use
 * @param daemonResults how often khugepaged's look at a range ended with each result
 * @param madviseResults the same for {@code MADV_COLLAPSE}
 * @param pagesCollapsed what Linux counts under this name: how often khugepaged's look at a range
 *     ended with {@link ScanResult#SUCCEED}, so also each later look at a range that is huge
 *     already
 * @param fullScans how often khugepaged has looked at everything
 * @param collapses how often, by either trigger, small pages were really made one huge page; a
 *     range that was found huge counts as {@link ScanResult#SUCCEED} as well, but not here
 * @param collapseNanos time those collapses took, in nanoseconds
 * @param skippedByPolicy how often the policy decided that a range stays as it is
 * @param policyFailures how often the policy threw, answered null or invented candidates
 * @param longestDecisionNanos the longest time the policy took for one answer, in nanoseconds
 */
public record CollapseStatistics(
    String strategy,
    String policy,
    Map<ScanResult, Long> daemonResults,
    Map<ScanResult, Long> madviseResults,
    long pagesCollapsed,
    long fullScans,
    long collapses,
    long collapseNanos,
    long skippedByPolicy,
    long policyFailures,
    long longestDecisionNanos) {
  /** Copies the maps. */
  public CollapseStatistics {
    daemonResults = Map.copyOf(daemonResults);
    madviseResults = Map.copyOf(madviseResults);
  }

  /** Returns how often either trigger ended with a result. */
  public long count(ScanResult result) {
    return daemonResults.getOrDefault(result, 0L) + madviseResults.getOrDefault(result, 0L);
  }
}
