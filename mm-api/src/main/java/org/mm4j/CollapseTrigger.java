/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** Who asked for a collapse. */
public enum CollapseTrigger {
  /** khugepaged, within its limits. */
  DAEMON,
  /** {@code MADV_COLLAPSE}, without limits. */
  MADVISE
}
