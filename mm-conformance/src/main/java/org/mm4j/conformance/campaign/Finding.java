/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.campaign;

import java.util.Locale;
import org.mm4j.conformance.compare.Difference;

/**
 * A difference, as short as it became.
 *
 * @param seed the seed of the scenario it was found in
 * @param found as it was found
 * @param shortest the same in the shortest scenario
 * @param table the two columns
 */
public record Finding(long seed, Difference found, Difference shortest, String table) {
  /** Returns the text of a regression file. */
  public String regression() {
    return String.format(Locale.ROOT, "# seed %d: %s%n%s", seed, shortest, shortest.scenario());
  }
}
