/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

/**
 * Which pages of the file the guest maps, and so what a registration covers.
 *
 * @param label its name in reports
 * @param fromPage the first page; negative counts from the end of the file
 * @param behind whether it begins behind the file's last page instead
 */
public record Watched(String label, int fromPage, boolean behind) {
  /** The whole file. */
  public static final Watched WHOLE = new Watched("whole", 0, false);

  /** All pages but the first two: a question for the first page alone does not find it. */
  public static final Watched TAIL = new Watched("tail", 2, false);

  /** One page that begins where the file ends: the quirk of the closed interval. */
  public static final Watched NEIGHBOUR = new Watched("neighbour", 0, true);

  /** Returns the first page that is mapped, in a file of a number of pages. */
  int firstPage(int filePages) {
    return behind ? filePages : fromPage;
  }

  /** Returns the number of pages that are mapped. */
  int pageCount(int filePages) {
    return behind ? 1 : filePages - fromPage;
  }
}
