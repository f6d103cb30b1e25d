/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of an address space at one moment: a line of {@code /proc/self/smaps}.
 *
 * @param range its addresses
 * @param protection what it permits
 * @param shared whether stores go to the file
 * @param fileName the name of the file, or null if anonymous
 * @param offsetBytes where in the file it begins
 * @param residentBytes how much of it has translations
 * @param hugeBytes how much of it is mapped by huge translations ({@code ShmemPmdMapped})
 * @param userfaultModes the userfaultfd modes it is armed with
 */
public record MappingView(
    AddressRange range,
    Set<Protection> protection,
    boolean shared,
    @Nullable String fileName,
    long offsetBytes,
    long residentBytes,
    long hugeBytes,
    Set<UffdMode> userfaultModes) {
  /** Copies the sets. */
  public MappingView {
    protection = Set.copyOf(protection);
    userfaultModes = Set.copyOf(userfaultModes);
  }
}
