/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/** What became of a request for the page at an index. */
public sealed interface BringIn {
  /**
   * Here it is.
   *
   * @param folio locked, referenced once for the caller, up to date, still in the file
   */
  record Present(Folio folio) implements BringIn {}

  /** Why there is none. */
  enum Absent implements BringIn {
    /** The index is a hole. */
    HOLE,
    /** The index is beyond the end of the file. */
    BEYOND_END,
    /** The file's or the kernel's limit is reached. */
    NO_SPACE,
    /** There is no memory, or the account may not have more. */
    NO_MEMORY,
    /** The content could not be read. */
    IO_ERROR
  }
}
