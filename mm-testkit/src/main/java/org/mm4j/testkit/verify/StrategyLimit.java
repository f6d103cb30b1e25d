/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

/** What a strategy may declare not to do; its tests are skipped with the author's reason. */
public enum StrategyLimit {
  /** It does not ask VMAs that begin right behind the range (rule 4.19, a SHOULD). */
  NO_INDEX_TOO_FAR,
  /** It does not announce its steps (rule 4.25, a SHOULD). */
  NO_STEPS,
  /** It refuses fallocated pages that were never written (rule 4.13). */
  NO_BRINGING_IN,
  /**
   * It refuses every range with a hole. Rules about holes (0.1, 0.4, 4.10, 4.14 to 4.16, 4.19,
   * 4.20) are skipped, the others are tried on full ranges.
   */
  NO_FILLING
}
