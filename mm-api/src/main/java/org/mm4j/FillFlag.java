/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** How a userfaultfd fills pages. */
public enum FillFlag {
  /** Leave the waiting faults asleep. */
  DONT_WAKE,
  /** Map the pages write-protected. */
  WRITE_PROTECT
}
