/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.cli;

import java.util.Locale;
import org.mm4j.examples.offheap.measure.MemoryComparison.Outcome;
import org.mm4j.examples.offheap.measure.MemoryComparison.Row;
import org.mm4j.examples.offheap.measure.Spread;

/** The table of a measurement. */
final class MeasurementTable {
  private MeasurementTable() {}

  static void print(Outcome outcome, Page page) {
    page.line("");
    page.line(
        String.format(
            Locale.ROOT,
            "  %-30s %-30s %s",
            "ns per read",
            "each needs the one before",
            "none needs another"));
    for (Row row : outcome.rows()) {
      page.line(
          String.format(
              Locale.ROOT,
              "  %-30s %s   %s",
              row.name(),
              cell(row.dependent(), row.dependentRatio()),
              cell(row.independent(), row.independentRatio())));
    }
    page.line("");
    outcome.remarks().forEach(remark -> page.more("note: " + remark));
  }

  private static String cell(Spread spread, double ratio) {
    String range = String.format(Locale.ROOT, "(%.0f to %.0f)", spread.least(), spread.most());
    return String.format(Locale.ROOT, "%6.1f %-14s x%.2f", spread.median(), range, ratio);
  }
}
