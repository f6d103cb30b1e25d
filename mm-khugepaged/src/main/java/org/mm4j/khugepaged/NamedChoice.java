/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import com.google.common.base.Joiner;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mm4j.spi.CollapsePolicy;
import org.mm4j.spi.CollapseStrategy;

/**
 * Which strategy, and which policy, a kernel uses: one that was given to the builder, else the one
 * that is named in the settings, else the one that Linux has.
 *
 * <p>With several given ones the name has to say which. A given one replaces a provided one of the
 * same name; two given or two provided ones of the same name are an error.
 *
 * @param kind what is chosen, in the singular, for messages
 * @param plural the same in the plural
 * @param fallback the name of what is used if nothing else is asked for
 * @param nameOf returns the name of one
 * @param <T> strategy or policy
 */
record NamedChoice<T>(String kind, String plural, String fallback, Function<T, String> nameOf) {
  /** The choice of the strategy. */
  static final NamedChoice<CollapseStrategy> STRATEGY =
      new NamedChoice<>(
          "collapse strategy", "collapse strategies", "linux", CollapseStrategy::name);

  /** The choice of the policy. */
  static final NamedChoice<CollapsePolicy> POLICY =
      new NamedChoice<>("collapse policy", "collapse policies", "khugepaged", CollapsePolicy::name);

  /**
   * Chooses.
   *
   * @param name the name asked for, or null
   * @param given those given to the builder
   * @param provided those on the path
   * @throws IllegalArgumentException if the name is unknown (the message lists the known ones),
   *     ambiguous, or missing although several were given
   */
  T choose(@Nullable String name, List<T> given, Iterable<T> provided) {
    Map<String, T> givenByName = byName(given);
    Map<String, T> known = byName(provided);
    known.putAll(givenByName);
    String wanted = name == null ? fallback : name;
    T named = known.get(wanted);
    if (named == null && (name != null || given.isEmpty())) {
      throw new IllegalArgumentException(
          "no "
              + kind
              + " is named \""
              + wanted
              + "\"; known are "
              + Joiner.on(", ").join(known.keySet()));
    }
    if (given.size() == 1) {
      return given.getFirst();
    }
    if (named == null || (name == null && !given.isEmpty())) {
      throw new IllegalArgumentException(
          "several "
              + plural
              + " were given; name one of "
              + Joiner.on(", ").join(givenByName.keySet()));
    }
    return named;
  }

  private Map<String, T> byName(Iterable<T> all) {
    Map<String, T> byName = new TreeMap<>();
    for (T one : all) {
      String name = nameOf.apply(one);
      T other = byName.put(name, one);
      if (other != null) {
        throw new IllegalArgumentException(
            "two "
                + plural
                + " are named \""
                + name
                + "\": "
                + other.getClass().getName()
                + " and "
                + one.getClass().getName());
      }
    }
    return byName;
  }
}
