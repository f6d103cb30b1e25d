/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.mm4j.AddressRange;
import org.mm4j.Seal;

/** What an {@link Observer} asks of a live side. Asking changes nothing. */
interface Probe {
  long sizeBytes(int file);

  long blocks(int file);

  OptionalLong seekData(int file, long offsetBytes);

  OptionalLong seekHole(int file, long offsetBytes);

  Set<Seal> seals(int file);

  /**
   * Returns bytes of a file, valid until the next call.
   *
   * @return as many as there are, at most what was asked for
   */
  MemorySegment content(int file, long offsetBytes, int lengthBytes);

  /**
   * Returns the mappings of a scenario in address order.
   *
   * @param closely whether huge bytes and watches are wanted, else there are none
   */
  List<Mapped> mappings(int space, boolean closely);

  /** Returns which pages of a range that is mapped throughout are resident. */
  BitSet residency(int space, AddressRange range);

  /** Returns what {@code poll} says. */
  Readiness readiness(int uffd);

  /** What {@code poll} says of a userfaultfd. */
  enum Readiness {
    /** There is no message. */
    EMPTY,
    /** There is one. */
    READABLE,
    /** There was no handshake. */
    ERROR
  }

  /**
   * A mapping.
   *
   * @param range its addresses
   * @param text protection, file, offset, the same on every side
   * @param hugeBytes how much of it is mapped by huge translations
   * @param watched whether a userfaultfd watches it
   */
  record Mapped(AddressRange range, String text, long hugeBytes, boolean watched) {}
}
