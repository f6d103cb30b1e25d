/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/**
 * What became of a request to fill pages. Linux encodes this twice, in the errno and in a signed
 * count; here it is one value.
 */
public sealed interface FillOutcome {
  /**
   * Every page was filled and mapped.
   *
   * @param bytes the length of the request
   */
  record Filled(long bytes) implements FillOutcome {}

  /** The first page was already there (EEXIST); nothing was done and nobody was woken. */
  record AlreadyPresent() implements FillOutcome {}

  /**
   * Only the first pages were filled, or none because the address space is being changed (EAGAIN).
   * The waiters of the filled ones were woken.
   *
   * @param bytesDone how much was filled, possibly 0
   */
  record Retry(long bytesDone) implements FillOutcome {}

  /** The range is not within one registered mapping (ENOENT); nothing was done. */
  record NotRegistered() implements FillOutcome {}

  /** The address space is gone (ESRCH); nothing was done. */
  record Gone() implements FillOutcome {}

  /** The first page lies beyond the end of the file (EFAULT); nothing was done. */
  record OutOfRange() implements FillOutcome {}
}
