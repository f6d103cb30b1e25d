/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.memory;

/** How strictly a mapping wants its address. */
public enum Placement {
  /** There if it is free, else anywhere. */
  HINT,
  /** Exactly there, replacing what is there. */
  FIXED,
  /** Exactly there, or EEXIST. */
  FIXED_NOREPLACE
}
