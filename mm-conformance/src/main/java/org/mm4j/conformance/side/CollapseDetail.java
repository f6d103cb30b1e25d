/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.util.SortedMap;
import java.util.StringJoiner;
import org.mm4j.Advice;
import org.mm4j.ScanResult;
import org.mm4j.conformance.scenario.CallKind;
import org.mm4j.conformance.scenario.Step;

/**
 * How scan results are written in an answer: those of the ranges whose file did not become huge, by
 * name, with their number. For the others the kernel's trace and its counters say different things,
 * depending on who looks.
 */
final class CollapseDetail {
  private CollapseDetail() {}

  static boolean isCollapse(Step step) {
    return step.call() == CallKind.ADVISE && step.argument(2) == Advice.COLLAPSE.number();
  }

  /** Returns whether the file has a huge page there, mapped huge or not. */
  static boolean isHuge(ScanResult result) {
    return result.countsAsHuge() || result == ScanResult.PTE_MAPPED_HUGEPAGE;
  }

  static ScanResult byTraceText(String text) {
    for (ScanResult result : ScanResult.values()) {
      if (result.traceText().equals(text)) {
        return result;
      }
    }
    throw new IllegalStateException("unknown scan result: " + text);
  }

  static String print(SortedMap<String, Long> failures) {
    StringJoiner text = new StringJoiner(" ");
    failures.forEach((name, count) -> text.add(count == 1 ? name : name + "*" + count));
    return text.toString();
  }
}
