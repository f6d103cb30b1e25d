/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import com.google.common.base.Joiner;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mm4j.spi.CollapseStrategy;

/**
 * Which strategy a kernel uses: one that was given to the builder, else the one that is named in
 * the settings, else {@code linux}.
 *
 * <p>With several given ones the name has to say which. A given one replaces a provided one of the
 * same name; two given or two provided ones of the same name are an error.
 */
final class StrategyChoice {
  /** The name of the strategy that is used if nothing else is asked for. */
  static final String FALLBACK = "linux";

  private StrategyChoice() {}

  /**
   * Chooses.
   *
   * @param name the name asked for, or null
   * @param given the strategies given to the builder
   * @param provided the strategies on the path
   * @throws IllegalArgumentException if the name is unknown (the message lists the known ones),
   *     ambiguous, or missing although several were given
   */
  static CollapseStrategy choose(
      @Nullable String name, List<CollapseStrategy> given, Iterable<CollapseStrategy> provided) {
    Map<String, CollapseStrategy> givenByName = byName(given);
    Map<String, CollapseStrategy> known = byName(provided);
    known.putAll(givenByName);
    String wanted = name == null ? FALLBACK : name;
    CollapseStrategy named = known.get(wanted);
    if (named == null && (name != null || given.isEmpty())) {
      throw new IllegalArgumentException(
          "no collapse strategy is named \""
              + wanted
              + "\"; known are "
              + Joiner.on(", ").join(known.keySet()));
    }
    if (given.size() == 1) {
      return given.getFirst();
    }
    if (named == null || (name == null && !given.isEmpty())) {
      throw new IllegalArgumentException(
          "several collapse strategies were given; name one of "
              + Joiner.on(", ").join(givenByName.keySet()));
    }
    return named;
  }

  private static Map<String, CollapseStrategy> byName(Iterable<CollapseStrategy> strategies) {
    Map<String, CollapseStrategy> byName = new TreeMap<>();
    for (CollapseStrategy strategy : strategies) {
      CollapseStrategy other = byName.put(strategy.name(), strategy);
      if (other != null) {
        throw new IllegalArgumentException(
            "two collapse strategies are named \""
                + strategy.name()
                + "\": "
                + other.getClass().getName()
                + " and "
                + strategy.getClass().getName());
      }
    }
    return byName;
  }
}
