/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/** What became of a request to fill a hole. */
public sealed interface FillResult {
  /**
   * It is filled and in the page cache.
   *
   * @param folio locked, referenced once for the caller
   */
  record Filled(Folio folio) implements FillResult {}

  /** Why it is not; nothing changed. */
  enum Refused implements FillResult {
    /** The index has an entry. */
    EXISTS,
    /** The index is beyond the end of the file. */
    BEYOND_END,
    /** There is no memory, or a limit is reached. */
    NO_SPACE
  }
}
