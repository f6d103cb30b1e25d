/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import org.mm4j.spi.Folio;

/** What became of the attempt to put a new page into a hole. */
sealed interface PageSupply {
  /**
   * It is there.
   *
   * @param folio locked, referenced once for the caller, in the page cache
   */
  record Supplied(Folio folio) implements PageSupply {}

  /** Why it is not; nothing changed. */
  enum Refusal implements PageSupply {
    /** Somebody else was faster: the index is no hole. */
    EXISTS,
    /** A limit is reached. */
    NO_SPACE,
    /** No frame, no node, or the account may have no more. */
    NO_MEMORY
  }
}
