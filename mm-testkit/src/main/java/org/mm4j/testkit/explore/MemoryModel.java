/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

/** How the stores of a task become visible to the others. */
public enum MemoryModel {
  /** At once: sequential consistency. */
  SC,
  /**
   * In order, but later than the loads that follow them, as on x86: each task has a store buffer.
   *
   * <p>Stores of slots, words, flags and references go through it, and the release of a {@link
   * org.mm4j.sync.BitLock} does; the task itself sees its own. A lock acquire, the release of a
   * {@link org.mm4j.sync.SharedLock} or {@link org.mm4j.sync.Mutex}, a read-modify-write operation,
   * a volatile store and a full fence wait until it is empty.
   */
  TSO
}
