/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.compare;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.mm4j.Pages;
import org.mm4j.conformance.scenario.Parameter;
import org.mm4j.conformance.scenario.Step;

/** Steps that are like another one, and simpler. Every one is strictly simpler, so this ends. */
final class Simplification {
  private static final long HUGE_BYTES = 2L << 20;

  private Simplification() {}

  static List<Step> of(Step step) {
    List<Step> simpler = new ArrayList<>();
    for (int i = 0; i < step.arguments().size(); i++) {
      Parameter parameter = step.call().parameters().get(i);
      long argument = step.argument(i);
      Set<Long> candidates =
          parameter.isSet()
              ? fewer(argument)
              : parameter.isQuantity() ? rounder(parameter, argument) : Set.of();
      for (long candidate : candidates) {
        if (candidate != argument) {
          simpler.add(step.with(i, candidate));
        }
      }
    }
    return simpler;
  }

  /** The set without one of its flags. */
  private static Set<Long> fewer(long bits) {
    Set<Long> sets = new LinkedHashSet<>();
    for (long rest = bits; rest != 0; rest &= rest - 1) {
      sets.add(bits & ~Long.lowestOneBit(rest));
    }
    return sets;
  }

  /** Numbers below, that are rounder. */
  private static Set<Long> rounder(Parameter parameter, long number) {
    Set<Long> numbers = new LinkedHashSet<>();
    if (parameter == Parameter.VALUE) {
      if (number != 1) {
        numbers.add(1L);
      }
      return numbers;
    }
    if (parameter == Parameter.OFFSET) {
      addIfBelow(numbers, 0, number);
    }
    if (parameter == Parameter.LENGTH) {
      addIfBelow(numbers, 1, number);
      addIfBelow(numbers, Pages.SIZE_BYTES, number);
      addIfBelow(numbers, HUGE_BYTES, number);
    }
    addIfBelow(numbers, number & -HUGE_BYTES, number);
    addIfBelow(numbers, Pages.alignDown(number), number);
    return numbers;
  }

  private static void addIfBelow(Set<Long> numbers, long candidate, long number) {
    if (Long.compareUnsigned(candidate, number) < 0) {
      numbers.add(candidate);
    }
  }
}
