/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/** What became of a request for a folio. */
public sealed interface Allocation {
  /**
   * Here it is.
   *
   * @param folio one reference, unlocked, in no file, not up to date, content undefined
   */
  record Allocated(Folio folio) implements Allocation {}

  /** Why there is none; nothing changed. */
  enum Refused implements Allocation {
    /** There are no such frames in a row. */
    NO_MEMORY,
    /** The account may not have that many more. */
    CHARGE_REFUSED
  }
}
