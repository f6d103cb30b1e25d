/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** Advice about a range ({@code MADV_*}), with Linux's numbers. */
public enum Advice {
  /** No special treatment. Accepted, without effect. */
  NORMAL(0),
  /** Expect random access. Accepted, without effect. */
  RANDOM(1),
  /** Expect sequential access. Accepted, without effect. */
  SEQUENTIAL(2),
  /** Expect access soon. Accepted, without effect. */
  WILLNEED(3),
  /** Drop the translations; a shared file keeps its pages. */
  DONTNEED(4),
  /** Punch a hole into the file behind a shared mapping. */
  REMOVE(9),
  /** The range is worth huge pages. */
  HUGEPAGE(14),
  /** The range must not get huge pages. */
  NOHUGEPAGE(15),
  /** Collapse the range into huge pages now, whatever the settings say. */
  COLLAPSE(25);

  private final int number;

  Advice(int number) {
    this.number = number;
  }

  /** Returns Linux's number. */
  public int number() {
    return number;
  }
}
