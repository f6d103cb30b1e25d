/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.List;

/**
 * A world as rows of short texts, for people.
 *
 * @param rows for example one for the slots of the page cache and one for each registration
 */
public record WorldView(List<Row> rows) {
  /** Nothing to see. */
  public static final WorldView EMPTY = new WorldView(List.of());

  /** Copies the list. */
  public WorldView {
    rows = List.copyOf(rows);
  }

  /**
   * One row.
   *
   * @param label what it shows, "page cache"
   * @param cells one short text per page, or one for all
   */
  public record Row(String label, List<String> cells) {
    /** Copies the list. */
    public Row {
      cells = List.copyOf(cells);
    }
  }
}
