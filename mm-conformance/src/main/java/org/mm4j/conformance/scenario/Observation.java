/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.scenario;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was seen of the state: values under names such as {@code f0 size} or {@code s0 resident}.
 *
 * @param values the values; the names are the same on every side that was asked the same
 */
public record Observation(SortedMap<String, String> values) {
  /** Nothing was looked at. */
  public static final Observation NOTHING = new Observation(new TreeMap<>());

  /** Copies the values. */
  public Observation {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** Creates an observation. */
  public static Observation of(Map<String, String> values) {
    return new Observation(new TreeMap<>(values));
  }
}
