/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/** What became of a fault. */
public sealed interface FaultOutcome {
  /** Outcomes that carry nothing. */
  enum Settled implements FaultOutcome {
    /** There is a translation now: repeat the access. */
    MAPPED,
    /** Something changed: repeat the fault. */
    RETRY,
    /** SIGBUS: beyond the end of the file, or the page's content is lost. */
    BUS_ERROR,
    /** SIGSEGV: the access is not permitted. */
    SEGMENTATION_FAULT,
    /** There is no memory for the page. */
    OUT_OF_MEMORY
  }

  /**
   * The faulting thread waits, with no lock held, and repeats the fault.
   *
   * @param ticket what it waits for
   */
  record Wait(WaitTicket ticket) implements FaultOutcome {}
}
