/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.frame;

/** Who pays for frames (a memory control group of one address space). Thread-safe, lock-free. */
public interface FrameAccount {
  /**
   * Charges pages if the limit permits.
   *
   * @param pages how many, positive
   * @return whether they were charged; if not, nothing changed
   */
  boolean tryCharge(long pages);

  /** Gives pages back that were charged. */
  void uncharge(long pages);
}
