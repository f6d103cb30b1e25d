/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** What a mapping permits ({@code PROT_*}); the empty set is {@code PROT_NONE}. */
public enum Protection {
  /** Loads ({@code PROT_READ}). */
  READ,
  /** Stores ({@code PROT_WRITE}); implies loads, as the hardware has it. */
  WRITE,
  /** Instruction fetches ({@code PROT_EXEC}). */
  EXECUTE
}
