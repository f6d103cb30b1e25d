/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.measure;

import java.util.Arrays;

/**
 * What several rounds gave, in nanoseconds per read.
 *
 * @param median the middle one
 * @param least the smallest
 * @param most the greatest
 */
public record Spread(double median, double least, double most) {
  /** Sums up at least one value. */
  static Spread of(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }
}
