/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/**
 * What a {@link CollapsePolicy} may want to know about a range beyond what is known anyway. It is
 * gathered only for a policy that declares it, without a lock but where it says so, so it may be
 * out of date when the policy sees it.
 */
public enum CollapseFact {
  /** Which pages are in the page cache: {@link CollapseCandidate#presentPages()}. */
  PRESENT_PAGES,
  /** How many pages are swapped out: {@link CollapseCandidate#swappedPages()}. */
  SWAPPED_PAGES,
  /** How many present pages more than one mapping maps: {@link CollapseCandidate#sharedPages()}. */
  SHARED_PAGES,
  /** How many present pages were written to: {@link CollapseCandidate#dirtyPages()}. */
  DIRTY_PAGES,
  /**
   * Which userfaultfd modes any mapping of the range is armed for: {@link
   * CollapseCandidate#armedModes()}. Takes the reverse-map lock for reading.
   */
  ARMED_MODES
}
