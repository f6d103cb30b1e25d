/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.collapse;

/** What is known of a block from what was done to it. */
public sealed interface BlockState {
  /** Plain states. */
  enum Known implements BlockState {
    /** Nobody has tried to collapse it. */
    UNTRIED,
    /** The last collapse succeeded, and no page was given back since. */
    HUGE,
    /** It was huge until pages of it were given back. */
    SPLIT
  }

  /**
   * The last collapse was refused.
   *
   * @param reason why
   * @param message what the call said
   * @param atNanos when, by the collapser's clock
   */
  record Refused(Refusal reason, String message, long atNanos) implements BlockState {}
}
