/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** How memory is mapped ({@code MAP_*}). */
public enum MapFlag {
  /** Stores go to the file and are seen by every mapping of it. */
  SHARED,
  /** Stores go to a private copy. */
  PRIVATE,
  /** No file. */
  ANONYMOUS,
  /** Exactly at the hint, replacing what is mapped there. */
  FIXED,
  /** Exactly at the hint, or EEXIST if something is mapped there. */
  FIXED_NOREPLACE,
  /** Fault every page in before returning. */
  POPULATE
}
