/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** How a userfaultfd is created. */
public enum UffdFlag {
  /** Only faults of user code are handled; those of system calls answer EFAULT. */
  USER_MODE_ONLY
}
