/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

/** What a page cache may declare not to do; its tests are skipped with the author's reason. */
public enum PageCacheLimit {
  /**
   * It cannot store a large folio in single slots, so the strategies before 6.4 do not run on it.
   */
  NO_SINGLE_SLOTS_OF_LARGE_FOLIOS,
  /** It has no scan. */
  NO_SCAN,
  /** It does not notice that its lock is not held (rule 1.12). */
  NO_LOCK_CHECKS
}
