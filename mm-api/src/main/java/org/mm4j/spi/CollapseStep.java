/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/**
 * Names of the steps of a collapse, for timelines and fault injection, in the order of the
 * algorithm.
 */
public enum CollapseStep {
  /** The huge page is allocated and charged. */
  ALLOCATE,
  /** The nodes are made. */
  RESERVE_NODES,
  /** The slot at one index is looked at. */
  SCAN_SLOT,
  /** A page is brought in. */
  BRING_IN,
  /** A page is checked and isolated. */
  ISOLATE,
  /** A page's translations are removed. */
  UNMAP,
  /** A page's references are counted or frozen. */
  COUNT_REFERENCES,
  /** A slot is given to the huge page early (the old strategies). */
  REPLACE_SLOT,
  /** Processors forget the translations. */
  FLUSH,
  /** The holes are charged. */
  CHARGE_HOLES,
  /** The content is copied. */
  COPY,
  /** The holes are taken by placeholders. */
  STORE_PLACEHOLDERS,
  /** The holes are counted again. */
  RECOUNT,
  /** Every VMA over the range is asked for a userfaultfd. */
  CHECK_USERFAULT,
  /** The huge page is stored. */
  COMMIT,
  /** Page tables are retracted. */
  RETRACT,
  /** The old pages are freed. */
  FREE_SOURCES,
  /** Everything is put back. */
  ROLL_BACK
}
